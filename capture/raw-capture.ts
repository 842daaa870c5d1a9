/** One copied request: its legs as they come in, in any order, until they make a record or are given up. */
import type { RawBody } from './bytes/index.ts';
import type { RawLeg } from './leg.ts';

export type Side = 'stable' | 'candidate';

/** The one that gets the copies. */
export function otherSide(primary: Side): Side {
  return primary === 'stable' ? 'candidate' : 'stable';
}

/** A request and what both sides made of it, before redaction; crosses to the capture's thread. */
export interface RawCapture {
  /** Milliseconds since the epoch at which the request's head arrived. */
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  /** Of the request, names and values alternating. */
  readonly headers: readonly string[];
  readonly requestBody?: RawBody;
  readonly primary: Side;
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise?: RawLeg;
}

/** A capture costs this much beside its bodies. */
const PAIR_BYTES = 4_096;

/** What a capture holds of memory while it is under way, bytes. */
export function sizeOf(pair: RawCapture): number {
  const ofLeg = (leg: RawLeg | undefined) => (leg?.outcome === 'response' ? leg.body.data.byteLength : 0);
  const bodies = ofLeg(pair.stable) + ofLeg(pair.candidate) + ofLeg(pair.noise);
  return PAIR_BYTES + bodies + (pair.requestBody?.data.byteLength ?? 0);
}
