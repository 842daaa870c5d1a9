/**
 * Which way a face's requests go, and which of them are recorded. All of it is Envoy's own matching, so that the script runs for the recorded ones
 * alone: on every request it was two fifths of what a request cost (bench/mirror/results.md).
 */
import { type Duration, extension, type HeaderMatch, type HeaderOption, type RetryPolicy, type Route } from './api.ts';
import { twiceCluster } from './clusters.ts';
import { LUA, pseudonymOf } from './script.ts';
import { type EnvoySettings, type EnvoySide, type MirroredRequest, SHARED } from './settings.ts';

/** How long a request may take is between the load balancer and the primary, as it is without the mirror. */
export const NEVER: Duration = '0s';
/** Rates are told apart to a millionth. */
const WEIGHTS = 1_000_000;

/** What becomes of a request by the name of its route; of one that is recorded the script says more. */
const FATE = { refused: 'refused', upgrade: 'upgrade', method: 'method', sample: 'sample' } as const;

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

const FIRST_BYTE = '%COMMON_DURATION(US_TX_END:US_RX_BEG:us)%';

/** From the last byte of the request to the first of the answer, taken where both legs pass. */
export const TIMING: HeaderOption = {
  header: { key: SHARED.timing, value: FIRST_BYTE },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};
/** Of a customer's request; from its first byte too, for an answer that begins while the request is under way, as gRPC's streams do. */
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
/** What a handshake is (RFC 6455, 4.1). */
const HANDSHAKE: readonly HeaderMatch[] = [
  WEBSOCKET,
  { name: ':method', string_match: { exact: 'GET' } },
  { name: 'content-length', string_match: { safe_regex: { regex: '0*' } }, treat_missing_header_as_empty: true },
  { name: 'transfer-encoding', present_match: false },
];

type Direction = NonNullable<Route['route']> & { readonly cluster: string };

/** A side's own are not believed, nor handed on. */
export const OWN_ANSWER_FIELDS: readonly string[] = [SHARED.timing, SHARED.date, SHARED.failed];

/** Routes of the face whose primary is `side`; the first that matches is taken. */
export function routes(settings: EnvoySettings, side: EnvoySide): readonly Route[] {
  const { ingress, allowed } = settings;
  const plain: Direction = { cluster: side, timeout: NEVER, retry_policy: RETRY_UNSENT };
  const fresh: Direction = { cluster: twiceCluster(side), timeout: NEVER, retry_policy: RETRY_FRESH };
  const recorded = (match: Route['match'], route: Direction) => sampled(settings, { name: FATE.sample, match, route });
  return [
    // Several Host fields arrive as one: two servers in a row may choose differently (RFC 9112, 3.2).
    refused({ name: ':authority', string_match: { contains: ',' } }, 400, 'more than one Host\n'),
    refused(
      { name: 'via', string_match: { safe_regex: { regex: hopOf(pseudonymOf(ingress)) } } },
      508,
      'the mirror was reached by way of itself: check the URLs of its sides\n',
    ),
    { name: FATE.upgrade, match: { prefix: '', headers: HANDSHAKE }, route: plain },
    // Envoy holds its body back until the primary has switched, which waits for the body, or has read an empty one.
    refused(WEBSOCKET, 400, 'a WebSocket begins with a GET that has no body\n'),
    recorded({ prefix: '/', headers: [SAFE, ...WITHOUT_BODY] }, fresh),
    recorded({ prefix: '/', headers: [SAFE] }, plain),
    ...allowed[side === 'stable' ? 'candidate' : 'stable'].map((request) => recorded(matchOf(request), plain)),
    // Of targets that are no path too, such as that of `OPTIONS *`.
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

/** The script runs, and the answer is timed, for a share of the requests: by a hash of the id, which is the same at every task and on every retry. */
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

/** A whole word of Via's. */
function hopOf(pseudonym: string): string {
  return `(?:.*[\\s,])?${quoted(pseudonym)}(?:[\\s,].*)?`;
}

/** The whole path, without its query. */
function matchOf({ method, template }: MirroredRequest): Route['match'] {
  const segments = template.slice(1).split('/').map(stepOf);
  return { safe_regex: { regex: segments.join('') }, headers: [{ name: ':method', string_match: { exact: method } }] };
}

/** As `matches` of http reads them. */
function stepOf(segment: string): string {
  if (segment === '**') return '(?:/.*)?';
  return segment === '*' || segment.startsWith('{') ? '/[^/]*' : `/${quoted(segment)}`;
}

function quoted(text: string): string {
  return text.replace(/[^\w/-]/g, '\\$&');
}
