/** How Envoy speaks HTTP with customers, and with the recorder when it sends copies. */
import { NEVER_A_TRAILER, OWN_FIELDS, SHADOW_FIELD } from '../../http/index.ts';
import type { Side } from '../../sides/index.ts';
import { accessLogs, PRIMARY_FAILED } from './access-log.ts';
import { type Duration, type Extension, extension, type HeaderOption, type Route } from './api.ts';
import { checkedCluster, copyCluster, MAX_FIELDS, MAX_FIELDS_KB, SPELLING } from './clusters.ts';
import { NEVER, OWN_ANSWER_FIELDS, RETRY_UNSENT, routes, TIMING } from './routes.ts';
import { faceScript, LUA, pseudonymOf } from './script.ts';
import { type EnvoySettings, SHARED } from './settings.ts';
import { BAD_GATEWAY_BODY, UNREADABLE } from './unreadable-answers.ts';

const router = extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router', {
  // Services see the same fields as without the mirror.
  suppress_envoy_headers: true,
  // Counts by status code, which nobody here reads, take a sixteenth of the cost of a request.
  dynamic_stats: false,
});

/**
 * A load balancer closes connections that are idle for its longest idle timeout, 4,000 s. A stream that lasts longer
 * has no client any more and would stay forever.
 */
const STREAM_IDLE: Duration = '4100s';

/** The only protocol to which a connection may be upgraded. */
const UPGRADE = 'websocket';

/** A regular expression for everything but `word`, in any case. RE2 has no negation. */
function otherThan(word: string): string {
  const letters = [...word];
  const differs = letters.map((letter, i) => `${word.slice(0, i)}(?:[^${letter}].*)?`);
  return `(?i:${[...differs, `${word}.+`].join('|')})`;
}

const withoutThose = [{ remove_on_match: { key_matcher: { safe_regex: { google_re2: {}, regex: NEVER_A_TRAILER } } } }];
const TRAILERS = extension(
  'envoy.filters.http.header_mutation',
  'extensions.filters.http.header_mutation.v3.HeaderMutation',
  { mutations: { request_trailers_mutations: withoutThose, response_trailers_mutations: withoutThose } },
);

/** Removes fields with these prefixes before any part of Envoy reads them. */
function without(prefixes: readonly string[]): Extension {
  return extension(
    'envoy.http.early_header_mutation.header_mutation',
    'extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
    { mutations: prefixes.map((prefix) => ({ remove_on_match: { key_matcher: { prefix } } })) },
  );
}

interface Manager {
  readonly stat: string;
  readonly keepAlive: Duration;
  readonly filters: readonly (Extension & { readonly disabled?: boolean })[];
  readonly routes: readonly Route[];
  readonly requestHeaders?: readonly HeaderOption[];
  readonly responseHeaders?: readonly HeaderOption[];
  /** Response fields to remove. */
  readonly removed?: readonly string[];
  /**
   * Set for the listeners of customers: the spelling of fields is kept, a request id is generated if there is none, and
   * fields with these prefixes are removed.
   */
  readonly customers?: { readonly untrusted: readonly string[] };
  readonly logs: readonly unknown[];
  readonly mappers: readonly unknown[];
}

function manager({
  stat,
  keepAlive,
  filters,
  routes,
  requestHeaders = [],
  responseHeaders = [],
  removed = [],
  customers,
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
        ...(customers === undefined ? {} : { header_key_format: SPELLING }),
        enable_trailers: true,
        accept_http_10: true,
        allow_custom_methods: true,
        // Any other upgrade offer is ignored (RFC 9110, 7.8); Envoy would answer 403.
        ignore_http_11_upgrade: [{ safe_regex: { regex: otherThan(UPGRADE) } }],
      },
      common_http_protocol_options: { idle_timeout: keepAlive, max_headers_count: MAX_FIELDS },
      max_request_headers_kb: MAX_FIELDS_KB,
      request_timeout: NEVER,
      stream_idle_timeout: STREAM_IDLE,
      // Protects against slow heads. No head takes the load balancer this long, because it has already read it
      // completely.
      request_headers_timeout: '75s',
      drain_timeout: '5s',
      // How long a connection that Envoy ends waits for the client to end it. A load balancer is a millisecond away, and
      // until then it does not learn that a WebSocket or a cut answer has ended.
      delayed_close_timeout: '0.25s',
      // The primary gets the path unchanged, byte for byte.
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      server_header_transformation: 'PASS_THROUGH',
      // The load balancer is the one hop that services trust, so its fields stay unchanged.
      use_remote_address: false,
      skip_xff_append: true,
      preserve_external_request_id: true,
      generate_request_id: customers !== undefined,
      request_id_extension: {
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig',
          // The request id is not changed to encode a tracing decision.
          pack_trace_reason: false,
        },
      },
      early_header_mutation_extensions: customers === undefined ? [] : [without(customers.untrusted)],
      upgrade_configs: [{ upgrade_type: UPGRADE }],
      access_log: logs,
      http_filters: filters,
      local_reply_config: { mappers },
      route_config: {
        name: stat,
        request_headers_to_add: requestHeaders,
        response_headers_to_add: responseHeaders,
        response_headers_to_remove: removed,
        virtual_hosts: [{ name: stat, domains: ['*'], routes }],
      },
    },
  );
}

/**
 * If the primary gives no answer, clients get the 502 that a load balancer would send. Envoy's own wording stays in the
 * log.
 */
const BAD_GATEWAY = {
  filter: { response_flag_filter: { flags: PRIMARY_FAILED } },
  status_code: 502,
  body: BAD_GATEWAY_BODY,
};
/**
 * Tells the recorder why there is no answer. For a copy, the field arrives with the answer; for a customer's request,
 * the script reads the field and removes it.
 */
const WHY: HeaderOption = {
  header: { key: SHARED.failed, value: '%RESPONSE_CODE_DETAILS%' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
};
const COPY_FAILED = { filter: BAD_GATEWAY.filter, headers_to_add: [WHY] };
const RECORDED = {
  metadata_filter: {
    matcher: { filter: SHARED.metadata, path: [{ key: 'fate' }], value: { string_match: { exact: 'copy' } } },
    match_if_key_not_found: false,
  },
};
const RECORDED_BAD_GATEWAY = {
  ...BAD_GATEWAY,
  filter: { and_filter: { filters: [BAD_GATEWAY.filter, RECORDED] } },
  headers_to_add: [WHY],
};
/** Other answers that Envoy generates itself, such as for a stream that stalled. */
const RECORDED_OTHERWISE = { filter: RECORDED, headers_to_add: [WHY] };

/** The listener of customers. */
export function face(settings: EnvoySettings, side: Side): Extension {
  const name = side === 'stable' ? 'forward' : 'reverse';
  return manager({
    stat: name,
    keepAlive: `${settings.keepAliveMs / 1_000}s`,
    filters: [
      UNREADABLE,
      {
        ...extension(LUA, 'extensions.filters.http.lua.v3.Lua', {
          default_source_code: { inline_string: faceScript(settings, side) },
          // The filter never changes the route, so Envoy may keep its cached route.
          clear_route_cache: false,
        }),
        disabled: true,
      },
      TRAILERS,
      router,
    ],
    routes: routes(settings, side),
    requestHeaders: [
      {
        header: { key: 'via', value: `%PROTOCOL% ${pseudonymOf(settings.ingress)}` },
        append_action: 'APPEND_IF_EXISTS_OR_ADD',
      },
    ],
    // These fields control Envoy and mark copies, and Envoy would obey them from anybody. A client must not be able to
    // set them.
    customers: { untrusted: [SHADOW_FIELD, OWN_FIELDS, 'x-envoy-'] },
    logs: accessLogs(name),
    mappers: [RECORDED_BAD_GATEWAY, BAD_GATEWAY, RECORDED_OTHERWISE],
  });
}

/** The listener of copies. They pass through the same Envoy, so that both sides are timed at the same point. */
export function copies(side: Side): Extension {
  const to = (http2: boolean) => ({ cluster: copyCluster(side, http2), timeout: NEVER, retry_policy: RETRY_UNSENT });
  return manager({
    stat: `copy_${side}`,
    keepAlive: '60s',
    // Trailers that customers do not get would be a difference between the sides.
    filters: [TRAILERS, router],
    routes: [
      {
        match: { prefix: '', headers: [{ name: SHARED.http2, present_match: true }] },
        route: to(true),
        request_headers_to_remove: [SHARED.http2],
      },
      { match: { prefix: '' }, route: to(false) },
    ],
    responseHeaders: [
      TIMING,
      { header: { key: SHARED.date, value: '%RESP(DATE)%' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
    ],
    removed: OWN_ANSWER_FIELDS,
    logs: [],
    mappers: [COPY_FAILED],
  });
}

/** `/healthz`: Envoy serves. `/readyz/forward`, `/readyz/reverse`: it serves, and that face's primary is reachable. */
export function readiness(): Extension {
  const check = (path: string, cluster?: Side) =>
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
