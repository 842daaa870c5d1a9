/** What Envoy needs to know about one mirror. */
import { OWN_FIELDS } from '../../http/index.ts';
import type { Side } from '../../sides/index.ts';

export interface Endpoint {
  /** A host name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface MirroredRequest {
  readonly method: string;
  /** A path template such as `/items/{id}`. */
  readonly template: string;
}

/** Ports of one machine or one task, whose containers share the loopback. */
export interface EnvoyPorts {
  /** For customers, with stable as the primary. */
  readonly forward: number;
  /** For customers, with the candidate as the primary. */
  readonly reverse: number;
  readonly health: number;
  /** The recorder's, on the loopback. */
  readonly recorder: number;
  readonly admin: number;
  /** Where the recorder sends copies, on the loopback, by the side that receives them. */
  readonly copy: Readonly<Record<Side, number>>;
}

export interface EnvoySettings {
  readonly ingress: string;
  readonly sides: Readonly<Record<Side, Endpoint>>;
  /** Address on which customers and health checks connect. */
  readonly bind: string;
  readonly ports: EnvoyPorts;
  /** Share of the requests that are recorded, 0 to 1. */
  readonly sampleRate: number;
  /** How many bytes of each body are handed to the recorder. */
  readonly bodyCap: number;
  /** Requests with side effects that may be recorded, by the side that receives the copy. */
  readonly allowed: Readonly<Record<Side, readonly MirroredRequest[]>>;
  /** Path of the readiness check of both sides. Any answer below 500 counts as ready. */
  readonly healthPath: string;
  /** How long a customer's connection may be idle, in milliseconds; longer than the load balancer's idle timeout. */
  readonly keepAliveMs: number;
  /** A DNS server. @default - the system's */
  readonly resolver?: Endpoint;
}

/** Names that Envoy, its script and the recorder have in common. */
export const SHARED = {
  /** Dynamic metadata of a request: its fate. */
  metadata: 'crossfade',
  /** Response field with the time measured at Envoy; removed before the client sees it. */
  timing: `${OWN_FIELDS}timing`,
  /** On the answer to a copy: the Date that the side sent. Envoy adds a Date of its own if there is none. */
  date: `${OWN_FIELDS}date`,
  /** On the answer to a copy: the reason, if Envoy itself generated the answer. */
  failed: `${OWN_FIELDS}failed`,
  /** On a copy: asks Envoy to use HTTP/2. */
  http2: `${OWN_FIELDS}http2`,
  /** The recorder's clusters, by the size of exchanges: each bounds how many are on their way. */
  recorder: { small: 'recorder', large: 'recorder_large' },
  /** Path to which exchanges are posted. */
  path: '/exchange',
  /** Prefix of the counters by fate. */
  stats: 'crossfade',
} as const;

/** How many exchanges may be on their way to the recorder at once. Further ones are lost, and counted. */
export const MAX_IN_FLIGHT = 64;
/** Longer exchanges are large. As many small ones as may be on their way hold 4 MB. */
export const LARGE_BYTES = 65_536;
/** Bytes of bodies that large exchanges on their way may hold together, besides two that are always allowed. */
const LARGE_IN_FLIGHT_BYTES = 8_388_608;

/** How many large exchanges may be on their way at once, so that Envoy's memory stays near a plain one's (ADR 105). */
export function maxLargeInFlight({ bodyCap }: EnvoySettings): number {
  return Math.min(MAX_IN_FLIGHT, Math.max(2, Math.floor(LARGE_IN_FLIGHT_BYTES / (2 * bodyCap))));
}
/** How long one exchange may take to reach the recorder, in milliseconds. */
export const HAND_OVER_MS = 1_000;
