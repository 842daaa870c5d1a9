/** Envoy's reports on requests: a log line for each failure, and counters for all of them. */
import { type Extension, extension } from './api.ts';
import { SHARED } from './settings.ts';

/**
 * Response flags for failures between Envoy and the primary
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
 */
export const PRIMARY_FAILED = ['UF', 'UC', 'UR', 'UH', 'UT', 'UPE', 'LR', 'URX', 'UO', 'DF'] as const;

/** An id as the log has it. Anything that is no id comes from the client, and may be a secret (`Bearer …`, a JWT). */
const REQUEST_ID =
  "%CEL(request.headers['x-request-id'].matches('^[A-Za-z0-9_-]+$') && size(request.headers['x-request-id']) <= 128 ? request.headers['x-request-id'] : '[redacted]')%";

interface LogFilter {
  readonly [kind: string]: unknown;
}

interface AccessLog extends Extension {
  readonly filter?: LogFilter;
}

/**
 * Logs the reason for every 5xx and for every request with a response flag. The path is left out because it may hold
 * secrets; the request id joins the line with other logs.
 */
function failures(face: string): AccessLog {
  return {
    ...extension('envoy.access_loggers.stdout', 'extensions.access_loggers.stream.v3.StdoutAccessLog', {
      log_format: {
        json_format: {
          event: 'request failed',
          face,
          at: '%START_TIME%',
          requestId: REQUEST_ID,
          method: '%REQ(:METHOD)%',
          status: '%RESPONSE_CODE%',
          reason: '%RESPONSE_CODE_DETAILS%',
          flags: '%RESPONSE_FLAGS%',
          transport: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
          primary: '%UPSTREAM_HOST%',
          ms: '%DURATION%',
        },
      },
    }),
    filter: {
      or_filter: {
        filters: [
          {
            status_code_filter: {
              comparison: { op: 'GE', value: { default_value: 500, runtime_key: 'crossfade.log_from_status' } },
            },
          },
          { response_flag_filter: { flags: [...PRIMARY_FAILED, 'DPE'] } },
        ],
      },
    },
  };
}

/** Counts each request once, when it ends. The tags come from routes, the script and Envoy, so they take few values. */
function counter(name: string, tags: Readonly<Record<string, string>>, filter?: LogFilter): AccessLog {
  const logger = extension('envoy.access_loggers.stats', 'extensions.access_loggers.stats.v3.Config', {
    stats_scope: { prefix: SHARED.stats },
    counters: [
      {
        stat: { name, tags: Object.entries(tags).map(([tag, value_format]) => ({ name: tag, value_format })) },
        value_fixed: 1,
      },
    ],
  });
  return filter === undefined ? logger : { ...logger, filter };
}

/** Access loggers of a face. */
export function accessLogs(face: string): readonly AccessLog[] {
  const fate = `%DYNAMIC_METADATA(${SHARED.metadata}:fate)%`;
  return [
    failures(face),
    counter(
      'primary_failed',
      { flag: '%RESPONSE_FLAGS%', fate },
      { response_flag_filter: { flags: [...PRIMARY_FAILED] } },
    ),
    counter('ended', { route: '%ROUTE_NAME%', fate }),
  ];
}
