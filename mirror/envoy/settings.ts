/** What Envoy has to know of one mirror. */
import { OWN_FIELDS } from '../../http/index.ts';

export type EnvoySide = 'stable' | 'candidate';

export interface Endpoint {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface MirroredRequest {
  readonly method: string;
  /** A path template such as `/items/{id}`. */
  readonly template: string;
}

/** All on one machine, or in one task: its containers share the loopback. */
export interface EnvoyPorts {
  /** Where customers come in; the primary is stable. */
  readonly forward: number;
  /** Where customers come in; the primary is the candidate. */
  readonly reverse: number;
  readonly health: number;
  /** Of the recorder, on the loopback. */
  readonly recorder: number;
  readonly admin: number;
  /** Where the recorder sends copies, on the loopback, by the side that gets them. */
  readonly copy: Readonly<Record<EnvoySide, number>>;
}

export interface EnvoySettings {
  readonly ingress: string;
  readonly sides: Readonly<Record<EnvoySide, Endpoint>>;
  /** Address on which customers and health checks come in. */
  readonly bind: string;
  readonly ports: EnvoyPorts;
  /** Share of the requests that are recorded, 0 to 1. */
  readonly sampleRate: number;
  /** Bytes of each body that the recorder gets. */
  readonly bodyCap: number;
  /** Requests with side effects that may be recorded, by the side that gets the copy. */
  readonly allowed: Readonly<Record<EnvoySide, readonly MirroredRequest[]>>;
  /** Asked of both sides for readiness; any answer below 500 will do. */
  readonly healthPath: string;
  /** Milliseconds for which a customer's connection may be idle; more than the load balancer's idle timeout. */
  readonly keepAliveMs: number;
  /** A DNS server. @default - the system's */
  readonly resolver?: Endpoint;
}

/** Names that Envoy, its script and the recorder share. */
export const SHARED = {
  /** Dynamic metadata of a request: what became of it. */
  metadata: 'crossfade',
  /** An answer's field with its timing at Envoy; the client never sees it. */
  timing: `${OWN_FIELDS}timing`,
  /** On a copy's answer: the Date that the side gave it; Envoy adds one where it gave none. */
  date: `${OWN_FIELDS}date`,
  /** On a copy's answer: it is Envoy's own, and why. */
  failed: `${OWN_FIELDS}failed`,
  /** On a copy: the side is to be asked by HTTP/2. */
  http2: `${OWN_FIELDS}http2`,
  /** Cluster of the recorder. */
  recorder: 'recorder',
  /** Where exchanges are posted. */
  path: '/exchange',
  /** Prefix of the counts by fate. */
  stats: 'crossfade',
} as const;

/** Exchanges on their way to the recorder at once; beyond, they are lost and counted. */
export const MAX_IN_FLIGHT = 64;
/** What one exchange may take to reach the recorder, milliseconds. */
export const HAND_OVER_MS = 1_000;
