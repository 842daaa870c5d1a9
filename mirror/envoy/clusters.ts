/** Where Envoy sends requests: to both sides, for customers and for copies, and to the recorder. */

import type { Side } from '../../sides/index.ts';
import { address, type Cluster, type Duration, extension, type HealthCheck, type Typed } from './api.ts';
import {
  type Endpoint,
  type EnvoySettings,
  HAND_OVER_MS,
  MAX_IN_FLIGHT,
  maxLargeInFlight,
  SHARED,
} from './settings.ts';

/** Readiness reacts within seconds, but one lost answer must not take a mirror out of service. */
const HEALTH = { interval: '2s', timeout: '1.5s', failures: 3 } as const;
/** A changed DNS name takes effect within its TTL, or within this time if it has none. */
const DNS_REFRESH: Duration = '5s';
/**
 * The load balancer allows a target 10 s to accept (fixed). For a customer's request the primary's own limit applies
 * first.
 */
const CONNECT: Duration = '5s';
/** No limit is set here: a circuit breaker would refuse customers whom the primary would serve. */
const UNLIMITED = 4_294_967_295;
const OPEN = {
  thresholds: [
    { max_connections: UNLIMITED, max_pending_requests: UNLIMITED, max_requests: UNLIMITED, max_retries: UNLIMITED },
  ],
} as const;
/**
 * Shorter than the usual keep-alive of services (Node: 5 s), so that the primary is rarely the one that closes first.
 */
const IDLE: Duration = '4s';
const PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * 128 kB of fields, twice what ALB accepts, and any number of fields: whatever passes without the mirror passes through
 * it.
 */
export const MAX_FIELDS_KB = 128;
export const MAX_FIELDS = 10_000;
/** Keeps the spelling of field names and the reason phrase. */
export const SPELLING = {
  stateful_formatter: extension(
    'envoy.http.stateful_header_formatters.preserve_case',
    'extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig',
    { forward_reason_phrase: true },
  ),
} as const;

const HTTP1 = {
  enable_trailers: true,
  // An HTTP/1.0 service is reachable without the mirror, so it must be through it.
  accept_http_10: true,
  // Whether an unknown method is valid is left to the primary.
  allow_custom_methods: true,
} as const;

const AS_SPELT = { ...HTTP1, header_key_format: SPELLING } as const;

function options(protocol: Record<string, unknown>, common: Record<string, unknown> = {}): Record<string, Typed> {
  return {
    [PROTOCOL_OPTIONS]: {
      '@type': `type.googleapis.com/${PROTOCOL_OPTIONS}`,
      common_http_protocol_options: {
        idle_timeout: IDLE,
        max_headers_count: MAX_FIELDS,
        max_response_headers_kb: MAX_FIELDS_KB,
        ...common,
      },
      ...protocol,
    },
  };
}

function place(name: string, endpoint: Endpoint, resolver: Endpoint | undefined): Omit<Cluster, 'connect_timeout'> {
  const isAddress = /^[\d.]+$/.test(endpoint.host) || endpoint.host.includes(':');
  const load_assignment = {
    cluster_name: name,
    endpoints: [{ lb_endpoints: [{ endpoint: { address: address(endpoint) } }] }],
  };
  if (isAddress) return { name, type: 'STATIC', load_assignment };
  return {
    name,
    // Every address of the name is used, since each one is a task of the service.
    type: 'STRICT_DNS',
    load_assignment,
    respect_dns_ttl: true,
    dns_refresh_rate: DNS_REFRESH,
    // Of a name with addresses of both families: where only one is routed, every other request would fail or wait.
    dns_lookup_family: 'V4_PREFERRED',
    ...(resolver === undefined
      ? {}
      : {
          typed_dns_resolver_config: extension(
            'envoy.network.dns_resolver.cares',
            'extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
            { resolvers: [address(resolver)], dns_resolver_options: { use_tcp_for_dns_lookups: false } },
          ),
        }),
  };
}

function health({ healthPath }: EnvoySettings, { host, port }: Endpoint): HealthCheck {
  return {
    timeout: HEALTH.timeout,
    interval: HEALTH.interval,
    no_traffic_interval: HEALTH.interval,
    unhealthy_threshold: HEALTH.failures,
    healthy_threshold: 1,
    http_health_check: { path: healthPath, host: `${host}:${port}`, expected_statuses: [{ start: 100, end: 500 }] },
  };
}

/** A side as customers reach it: over kept connections, or over a new one. */
function primary(settings: EnvoySettings, side: Side, fresh: boolean): Cluster {
  return {
    ...place(fresh ? freshCluster(side) : side, settings.sides[side], settings.resolver),
    connect_timeout: CONNECT,
    circuit_breakers: OPEN,
    typed_extension_protocol_options: options(
      { use_downstream_protocol_config: { http_protocol_options: AS_SPELT, http2_protocol_options: {} } },
      fresh ? { max_requests_per_connection: 1 } : {},
    ),
  };
}

/** Tries a kept connection first, and a new one on the retry (routes.ts says for which requests). */
function twice(side: Side): Cluster {
  return {
    name: twiceCluster(side),
    connect_timeout: CONNECT,
    // Envoy's default circuit breaker allows only three retries at a time.
    circuit_breakers: OPEN,
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: extension('envoy.clusters.aggregate', 'extensions.clusters.aggregate.v3.ClusterConfig', {
      clusters: [side, freshCluster(side)],
    }),
  };
}

/** A separate cluster for readiness checks, so that a check never decides which task of a primary serves customers. */
function checked(settings: EnvoySettings, side: Side): Cluster {
  const endpoint = settings.sides[side];
  return {
    ...place(checkedCluster(side), endpoint, settings.resolver),
    connect_timeout: CONNECT,
    health_checks: [health(settings, endpoint)],
  };
}

const freshCluster = (side: Side) => `${side}_fresh`;
export const twiceCluster = (side: Side) => `${side}_twice`;
export const checkedCluster = (side: Side) => `${side}_checked`;

/** A side as copies reach it: over separate connections, as many as there may be exchanges in progress. */
function copyOf(settings: EnvoySettings, side: Side, http2: boolean): Cluster {
  const most = 2 * MAX_IN_FLIGHT;
  return {
    ...place(copyCluster(side, http2), settings.sides[side], settings.resolver),
    connect_timeout: CONNECT,
    circuit_breakers: {
      thresholds: [{ max_connections: most, max_pending_requests: most, max_requests: most }],
    },
    typed_extension_protocol_options: options({
      explicit_http_config: http2 ? { http2_protocol_options: {} } : { http_protocol_options: HTTP1 },
    }),
  };
}

export function copyCluster(side: Side, http2: boolean): string {
  return `copy_${side}${http2 ? '_http2' : ''}`;
}

/**
 * The recorder may be gone, hang or be slow. Whatever it does not accept at once is lost, and counted in this cluster's
 * statistics.
 */
function recorder(name: string, { ports }: EnvoySettings, most: number): Cluster {
  return {
    ...place(name, { host: '127.0.0.1', port: ports.recorder }, undefined),
    // Longer than an exchange may wait: an exchange that waits for a recorder that does not accept is to be counted as
    // slow.
    connect_timeout: `${(2 * HAND_OVER_MS) / 1_000}s`,
    circuit_breakers: {
      thresholds: [{ max_connections: most, max_pending_requests: most, max_requests: most }],
    },
    typed_extension_protocol_options: options(
      { explicit_http_config: { http_protocol_options: {} } },
      // The recorder closes connections after a minute of idleness; a shorter timeout would cost a new connection for
      // each exchange if few are recorded.
      { idle_timeout: '55s' },
    ),
  };
}

export function clusters(settings: EnvoySettings): readonly Cluster[] {
  const sides = ['stable', 'candidate'] as const;
  return [
    ...sides.flatMap((side) => [
      // The customer's protocol is kept: HTTP/2, and gRPC over it, goes on as HTTP/2.
      primary(settings, side, false),
      primary(settings, side, true),
      twice(side),
      checked(settings, side),
      copyOf(settings, side, false),
      copyOf(settings, side, true),
    ]),
    recorder(SHARED.recorder.small, settings, MAX_IN_FLIGHT),
    recorder(SHARED.recorder.large, settings, maxLargeInFlight(settings)),
  ];
}
