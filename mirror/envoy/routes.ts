/**
 * Decides where a face's requests go and which of them are recorded. This uses only Envoy's own matching, so that the
 * script runs for recorded requests alone: run for each request, it took two fifths of the cost of a request
 * (bench/mirror/results.md).
 */

import type { Side } from '../../sides/index.ts';
import { type Duration, extension, type HeaderMatch, type HeaderOption, type RetryPolicy, type Route } from './api.ts';
import { twiceCluster } from './clusters.ts';
import { LUA, pseudonymOf } from './script.ts';
import { type EnvoySettings, type MirroredRequest, SHARED } from './settings.ts';

/** The mirror sets no limit on the duration of a request; that is between the load balancer and the primary. */
export const NEVER: Duration = '0s';
/** Sampling rates have a resolution of one millionth. */
const WEIGHTS = 1_000_000;

/** The fate of a request, which is the name of its route. For a recorded request the script refines it. */
const FATE = { refused: 'refused', upgrade: 'upgrade', method: 'method', sample: 'sample' } as const;

/**
 * If no byte reached the primary, any method may be retried (RFC 9110, 9.2.2). So may a stream that an HTTP/2 primary
 * refuses, or that its GOAWAY excludes: it says thereby that it has processed none of it (RFC 9113, 8.7).
 */
const UNSENT = 'connect-failure,reset-before-request,refused-stream';
/**
 * A retry goes to another address of the name, if there is one. Envoy knows those of one cluster only, so not for
 * {@link RETRY_FRESH}.
 */
const ELSEWHERE = {
  retry_host_predicate: [
    extension(
      'envoy.retry_host_predicates.previous_hosts',
      'extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
    ),
  ],
  host_selection_retry_max_attempts: 3,
};
export const RETRY_UNSENT: RetryPolicy = { retry_on: UNSENT, num_retries: 2, ...ELSEWHERE };
/**
 * A primary may close a kept connection just as it is used again, and then gives no answer. Envoy cannot distinguish
 * this from a primary that crashes on the request, so only safe requests without a body are retried, on a new
 * connection (RFC 9112, 9.3.1).
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

const FIRST_BYTE = '%COMMON_DURATION(US_TX_END:US_RX_BEG:us)%';

/**
 * Time from the last byte of the request to the first byte of the answer, measured where both sides' traffic passes.
 */
export const TIMING: HeaderOption = {
  header: { key: SHARED.timing, value: FIRST_BYTE },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};
/**
 * For customers' requests. Also measured from the first byte of the request, because an answer may begin while the
 * request is in progress, as in gRPC streams.
 */
const CUSTOMERS_TIMING: HeaderOption = {
  ...TIMING,
  header: { key: SHARED.timing, value: `${FIRST_BYTE} %COMMON_DURATION(US_TX_BEG:US_RX_BEG:us)%` },
};

const SAFE: HeaderMatch = { name: ':method', string_match: { safe_regex: { regex: 'GET|HEAD|OPTIONS' } } };
const WITHOUT_BODY: readonly HeaderMatch[] = [
  { name: 'content-length', present_match: false },
  { name: 'transfer-encoding', present_match: false },
];
const WEBSOCKET: HeaderMatch = { name: 'upgrade', string_match: { exact: 'websocket', ignore_case: true } };
/** What makes a request a WebSocket handshake (RFC 6455, 4.1). */
const HANDSHAKE: readonly HeaderMatch[] = [
  WEBSOCKET,
  { name: ':method', string_match: { exact: 'GET' } },
  { name: 'content-length', string_match: { safe_regex: { regex: '0*' } }, treat_missing_header_as_empty: true },
  { name: 'transfer-encoding', present_match: false },
];

type Direction = NonNullable<Route['route']> & { readonly cluster: string };

/** If a side sends these fields itself, they are neither trusted nor passed on. */
export const OWN_ANSWER_FIELDS: readonly string[] = [SHARED.timing, SHARED.date, SHARED.failed];

/** Routes of the face whose primary is `side`; the first match wins. */
export function routes(settings: EnvoySettings, side: Side): readonly Route[] {
  const { ingress, allowed } = settings;
  const plain: Direction = { cluster: side, timeout: NEVER, retry_policy: RETRY_UNSENT };
  const fresh: Direction = { cluster: twiceCluster(side), timeout: NEVER, retry_policy: RETRY_FRESH };
  const recorded = (match: Route['match'], route: Direction) => sampled(settings, { name: FATE.sample, match, route });
  return [
    // Envoy joins several Host fields into one. Two servers in a row may choose different ones (RFC 9112, 3.2).
    refused({ name: ':authority', string_match: { contains: ',' } }, 400, 'more than one Host\n'),
    refused(
      { name: 'via', string_match: { safe_regex: { regex: hopOf(pseudonymOf(ingress)) } } },
      508,
      'the request has passed through this mirror before: check the URLs of its sides\n',
    ),
    { name: FATE.upgrade, match: { prefix: '', headers: HANDSHAKE }, route: plain },
    // Envoy would hold the body back until the primary has switched, while the primary waits for the body or has read
    // an empty one.
    refused(WEBSOCKET, 400, 'a WebSocket begins with a GET that has no body\n'),
    recorded({ prefix: '/', headers: [SAFE, ...WITHOUT_BODY] }, fresh),
    recorded({ prefix: '/', headers: [SAFE] }, plain),
    ...allowed[side === 'stable' ? 'candidate' : 'stable'].map((request) => recorded(matchOf(request), plain)),
    // Also matches targets that are not paths, such as that of `OPTIONS *`.
    { name: FATE.method, match: { prefix: '' }, route: plain, response_headers_to_remove: OWN_ANSWER_FIELDS },
  ];
}

function refused(header: HeaderMatch, status: number, why: string): Route {
  return {
    name: FATE.refused,
    match: { prefix: '', headers: [header] },
    direct_response: { status, body: { inline_string: why } },
  };
}

/**
 * Runs the script and times the answer for a share of the requests. The choice is a hash of the request id, so it is
 * the same on every task and on every retry.
 */
function sampled({ sampleRate }: EnvoySettings, route: Route & { readonly route: Direction }): Route {
  const others = { response_headers_to_remove: OWN_ANSWER_FIELDS };
  const recorded = {
    ...others,
    response_headers_to_add: [CUSTOMERS_TIMING],
    typed_per_filter_config: {
      [LUA]: extension(LUA, 'config.route.v3.FilterConfig', {
        config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute' },
      }).typed_config,
    },
  };
  const weight = Math.round(sampleRate * WEIGHTS);
  if (weight === 0) return { ...route, ...others };
  if (weight === WEIGHTS) return { ...route, ...recorded };
  const { cluster, ...action } = route.route;
  return {
    ...route,
    route: {
      ...action,
      hash_policy: [{ header: { header_name: 'x-request-id' } }],
      weighted_clusters: {
        use_hash_policy: true,
        clusters: [
          { name: cluster, weight, ...recorded },
          { name: cluster, weight: WEIGHTS - weight, ...others },
        ],
      },
    },
  };
}

/** Matches a whole entry of Via. */
function hopOf(pseudonym: string): string {
  return `(?:.*[\\s,])?${quoted(pseudonym)}(?:[\\s,].*)?`;
}

/** Matches the whole path, without the query. */
function matchOf({ method, template }: MirroredRequest): Route['match'] {
  const segments = template.slice(1).split('/').map(stepOf);
  return { safe_regex: { regex: segments.join('') }, headers: [{ name: ':method', string_match: { exact: method } }] };
}

/** Must match paths in the same way as `matches` in http/. */
function stepOf(segment: string): string {
  if (segment === '**') return '(?:/.*)?';
  return segment === '*' || segment.startsWith('{') ? '/[^/]*' : `/${quoted(segment)}`;
}

function quoted(text: string): string {
  return text.replace(/[^\w/-]/g, '\\$&');
}
