/**
 * The part of Envoy's v3 API that the mirror uses, with the field names of its JSON form. A misspelt field does not
 * compile.
 */

/** A message wrapped in google.protobuf.Any. */
export interface Typed {
  readonly '@type': `type.googleapis.com/envoy.${string}`;
  readonly [field: string]: unknown;
}

/** An Envoy extension, by name. */
export interface Extension {
  readonly name: `envoy.${string}`;
  readonly typed_config: Typed;
}

/** Seconds with up to nine decimal digits, as protobuf writes durations. */
export type Duration = `${number}s`;

export interface Address {
  readonly socket_address: { readonly address: string; readonly port_value: number; readonly ipv4_compat?: true };
}

export interface HeaderOption {
  readonly header: { readonly key: string; readonly value: string };
  readonly append_action: 'APPEND_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS_OR_ADD';
}

export interface RetryPolicy {
  readonly retry_on: string;
  readonly num_retries: number;
  readonly retry_priority?: Extension;
  readonly retry_host_predicate?: readonly Extension[];
  readonly host_selection_retry_max_attempts?: number;
  readonly retry_back_off?: { readonly base_interval: Duration; readonly max_interval: Duration };
}

export interface Route extends PerRoute {
  /** Name of the route in statistics. */
  readonly name?: string;
  readonly match: {
    readonly prefix?: string;
    readonly safe_regex?: { readonly regex: string };
    readonly headers?: readonly HeaderMatch[];
  };
  readonly route?: {
    readonly cluster?: string;
    readonly weighted_clusters?: {
      readonly use_hash_policy: boolean;
      readonly clusters: readonly (PerRoute & { readonly name: string; readonly weight: number })[];
    };
    readonly hash_policy?: readonly { readonly header: { readonly header_name: string } }[];
    readonly timeout: Duration;
    readonly idle_timeout?: Duration;
    readonly retry_policy?: RetryPolicy;
  };
  readonly direct_response?: { readonly status: number; readonly body: { readonly inline_string: string } };
  readonly request_headers_to_remove?: readonly string[];
}

/** Settings that can apply to a route, or to a share of its requests. */
interface PerRoute {
  readonly response_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderOption[];
  readonly typed_per_filter_config?: Readonly<Record<string, Typed>>;
}

export interface HeaderMatch {
  readonly name: string;
  readonly present_match?: boolean;
  readonly treat_missing_header_as_empty?: boolean;
  readonly string_match?: {
    readonly exact?: string;
    readonly contains?: string;
    readonly safe_regex?: { readonly regex: string };
    readonly ignore_case?: boolean;
  };
}

export interface Listener {
  readonly name: string;
  readonly address: Address;
  readonly per_connection_buffer_limit_bytes: number;
  readonly filter_chains: readonly { readonly filters: readonly Extension[] }[];
  readonly ignore_global_conn_limit?: boolean;
}

export interface Cluster {
  readonly name: string;
  readonly type?: 'STATIC' | 'STRICT_DNS';
  readonly cluster_type?: Extension;
  readonly lb_policy?: 'CLUSTER_PROVIDED';
  readonly connect_timeout: Duration;
  readonly respect_dns_ttl?: boolean;
  readonly dns_refresh_rate?: Duration;
  readonly dns_lookup_family?: 'V4_PREFERRED';
  readonly typed_dns_resolver_config?: Extension;
  readonly load_assignment?: {
    readonly cluster_name: string;
    readonly endpoints: readonly {
      readonly lb_endpoints: readonly { readonly endpoint: { readonly address: Address } }[];
    }[];
  };
  readonly circuit_breakers?: {
    readonly thresholds: readonly {
      readonly max_connections: number;
      readonly max_pending_requests: number;
      readonly max_requests: number;
      readonly max_retries?: number;
    }[];
  };
  readonly health_checks?: readonly HealthCheck[];
  readonly common_lb_config?: { readonly healthy_panic_threshold: { readonly value: number } };
  readonly typed_extension_protocol_options?: Readonly<Record<string, Typed>>;
  readonly per_connection_buffer_limit_bytes?: number;
}

export interface HealthCheck {
  readonly timeout: Duration;
  readonly interval: Duration;
  readonly no_traffic_interval: Duration;
  readonly unhealthy_threshold: number;
  readonly healthy_threshold: number;
  readonly http_health_check: {
    readonly path: string;
    readonly host: string;
    readonly expected_statuses: readonly { readonly start: number; readonly end: number }[];
  };
}

export interface Bootstrap {
  readonly admin: { readonly address: Address };
  readonly layered_runtime: { readonly layers: readonly (Record<string, unknown> & { readonly name: string })[] };
  readonly stats_config: {
    readonly stats_matcher: {
      readonly inclusion_list: { readonly patterns: readonly { readonly safe_regex: { readonly regex: string } }[] };
    };
  };
  readonly static_resources: { readonly listeners: readonly Listener[]; readonly clusters: readonly Cluster[] };
}

export function extension(name: Extension['name'], type: string, fields: Record<string, unknown> = {}): Extension {
  return { name, typed_config: { '@type': `type.googleapis.com/envoy.${type}`, ...fields } };
}

export function address({ host, port }: { readonly host: string; readonly port: number }): Address {
  // As everywhere else, a listener of all IPv6 addresses is one of all IPv4 addresses, too.
  return { socket_address: { address: host, port_value: port, ...(host === '::' ? { ipv4_compat: true } : {}) } };
}
