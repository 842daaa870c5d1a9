/** How Envoy speaks HTTP with customers, and with the recorder's copies. */
import { accessLogs, PRIMARY_FAILED } from './access-log.ts';
import {
  type Duration,
  type Extension,
  extension,
  type HeaderMatch,
  type HeaderOption,
  type RetryPolicy,
  type Route,
} from './api.ts';
import { checkedCluster, copyCluster, MAX_FIELDS, MAX_FIELDS_KB, SPELLING, twiceCluster } from './clusters.ts';
import { COPY_SCRIPT, faceScript, pseudonymOf } from './script.ts';
import { type EnvoySettings, type EnvoySide, SHARED } from './settings.ts';

/** How long a request may take is between the load balancer and the primary, as it is without the mirror. */
const NEVER: Duration = '0s';

/** What no request reached: any method may go again (RFC 9110, 9.2.2). */
const UNSENT = 'connect-failure,reset-before-request';
const RETRY_UNSENT: RetryPolicy = { retry_on: UNSENT, num_retries: 2 };
/**
 * A kept connection that the primary closes just as it is used again is no answer. Envoy cannot tell it from a primary that dies of
 * the request, so only what is safe and has no body goes once more, and by a fresh connection (RFC 9112, 9.3.1).
 */
const RETRY_FRESH: RetryPolicy = {
  retry_on: `${UNSENT},reset`,
  num_retries: 1,
  retry_priority: extension(
    'envoy.retry_priorities.previous_priorities',
    'extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig',
    { update_frequency: 1 },
  ),
};
const SAFE_WITHOUT_BODY: readonly HeaderMatch[] = [
  { name: ':method', string_match: { safe_regex: { regex: 'GET|HEAD|OPTIONS' } } },
  { name: 'content-length', present_match: false },
  { name: 'transfer-encoding', present_match: false },
];

/** From the last byte of the request to the first of the answer, taken where both legs pass. */
const TIMING: HeaderOption = {
  header: { key: SHARED.timing, value: '%COMMON_DURATION(US_TX_END:US_RX_BEG:us)%' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};

const lua = (text: string) =>
  extension('envoy.filters.http.lua', 'extensions.filters.http.lua.v3.Lua', {
    default_source_code: { inline_string: text },
    // Chosen by its own logic alone; Envoy's cache of the route stays valid.
    clear_route_cache: false,
  });
const router = extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router', {
  // Services see the fields that they saw without the mirror.
  suppress_envoy_headers: true,
});
/** Runs last on an answer's way: nothing of ours leaves. */
const stripTiming = extension(
  'envoy.filters.http.header_mutation',
  'extensions.filters.http.header_mutation.v3.HeaderMutation',
  { mutations: { response_mutations: [{ remove: SHARED.timing }] } },
);

interface Manager {
  readonly stat: string;
  readonly keepAlive: Duration;
  readonly filters: readonly Extension[];
  readonly routes: readonly Route[];
  readonly requestHeaders?: readonly HeaderOption[];
  readonly removed?: readonly string[];
  readonly logs: readonly unknown[];
  readonly mappers: readonly unknown[];
}

function manager({
  stat,
  keepAlive,
  filters,
  routes,
  requestHeaders = [],
  removed = [],
  logs,
  mappers,
}: Manager): Extension {
  return extension(
    'envoy.filters.network.http_connection_manager',
    'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: stat,
      // HTTP/1.1 from the load balancer; HTTP/2 without TLS where a target group speaks it (gRPC).
      codec_type: 'AUTO',
      http_protocol_options: {
        header_key_format: SPELLING,
        enable_trailers: true,
        accept_http_10: true,
        allow_custom_methods: true,
      },
      common_http_protocol_options: { idle_timeout: keepAlive, max_headers_count: MAX_FIELDS },
      max_request_headers_kb: MAX_FIELDS_KB,
      request_timeout: NEVER,
      stream_idle_timeout: NEVER,
      // Slow heads: longer than the load balancer needs for any head, it has read them itself.
      request_headers_timeout: '75s',
      drain_timeout: '5s',
      // The path is the primary's to read, to the byte.
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      server_header_transformation: 'PASS_THROUGH',
      // The load balancer is the one hop that services trust: its fields stay as they are.
      use_remote_address: false,
      skip_xff_append: true,
      preserve_external_request_id: true,
      generate_request_id: true,
      request_id_extension: {
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
          // An id is not changed to carry a decision about traces.
          pack_trace_reason: false,
        },
      },
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      access_log: logs,
      http_filters: filters,
      local_reply_config: { mappers },
      route_config: {
        name: stat,
        response_headers_to_add: [TIMING],
        request_headers_to_add: requestHeaders,
        request_headers_to_remove: removed,
        virtual_hosts: [{ name: stat, domains: ['*'], routes }],
      },
    },
  );
}

/** A primary that gives no answer is a bad gateway, as the load balancer itself says it; Envoy's own words stay in the log. */
const BAD_GATEWAY = {
  filter: { response_flag_filter: { flags: PRIMARY_FAILED } },
  status_code: 502,
  body: { inline_string: 'Bad Gateway\n' },
};
/** Of a copy the recorder is told why there is no answer. */
const COPY_FAILED = {
  filter: { response_flag_filter: { flags: PRIMARY_FAILED } },
  headers_to_add: [
    {
      header: { key: SHARED.failed, value: '%RESPONSE_CODE_DETAILS%' },
      append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
    },
  ],
};

/** Where customers come in. */
export function face(settings: EnvoySettings, side: EnvoySide): Extension {
  const name = side === 'stable' ? 'forward' : 'reverse';
  return manager({
    stat: name,
    keepAlive: `${settings.keepAliveMs / 1_000}s`,
    filters: [stripTiming, lua(faceScript(settings, side)), router],
    routes: [
      {
        match: { prefix: '', headers: SAFE_WITHOUT_BODY },
        route: { cluster: twiceCluster(side), timeout: NEVER, retry_policy: RETRY_FRESH },
      },
      { match: { prefix: '' }, route: { cluster: side, timeout: NEVER, retry_policy: RETRY_UNSENT } },
    ],
    requestHeaders: [
      {
        header: { key: 'via', value: `%PROTOCOL% ${pseudonymOf(settings.ingress)}` },
        append_action: 'APPEND_IF_EXISTS_OR_ADD',
      },
    ],
    // Nobody makes a request look like a copy.
    removed: [SHARED.shadow, SHARED.http2],
    logs: accessLogs(name),
    mappers: [BAD_GATEWAY],
  });
}

/** Where copies come in: through the same Envoy, so that both legs are timed at one point. */
export function copies(side: EnvoySide): Extension {
  const to = (http2: boolean) => ({ cluster: copyCluster(side, http2), timeout: NEVER });
  return manager({
    stat: `copy_${side}`,
    keepAlive: '60s',
    filters: [lua(COPY_SCRIPT), router],
    routes: [
      { match: { prefix: '', headers: [{ name: SHARED.http2, present_match: true }] }, route: to(true) },
      { match: { prefix: '' }, route: to(false) },
    ],
    removed: [SHARED.http2],
    logs: [],
    mappers: [COPY_FAILED],
  });
}

/** `/healthz`: serving. `/readyz/forward`, `/readyz/reverse`: serving, and that face's primary can be reached. */
export function readiness(): Extension {
  const check = (path: string, cluster?: EnvoySide) =>
    extension('envoy.filters.http.health_check', 'extensions.filters.http.health_check.v3.HealthCheck', {
      pass_through_mode: false,
      headers: [{ name: ':path', string_match: { exact: path } }],
      ...(cluster === undefined
        ? {}
        : { cluster_min_healthy_percentages: { [checkedCluster(cluster)]: { value: 1 } } }),
    });
  return extension(
    'envoy.filters.network.http_connection_manager',
    'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: 'health',
      http_filters: [
        check('/healthz'),
        check('/readyz/forward', 'stable'),
        check('/readyz/reverse', 'candidate'),
        router,
      ],
      route_config: {
        virtual_hosts: [
          {
            name: 'health',
            domains: ['*'],
            routes: [
              { match: { prefix: '/' }, direct_response: { status: 503, body: { inline_string: 'unknown\n' } } },
            ],
          },
        ],
      },
    },
  );
}
