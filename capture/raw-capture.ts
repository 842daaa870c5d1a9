/** One copied request: its legs as they come in, in any order, until they make a record or are given up. */
import type { RawBody } from './bytes/index.ts';
import type { RawLeg } from './leg.ts';

export type Side = 'stable' | 'candidate';

/** The one that gets the copies. */
export function otherSide(primary: Side): Side {
  return primary === 'stable' ? 'candidate' : 'stable';
}

/** A customer's request before redaction, and who answered it. */
export interface CustomerRequest {
  /** Milliseconds since the epoch at which the request's head arrived. */
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  /** Names and values alternating, as they went to the primary. */
  readonly headers: readonly string[];
  /** Whole; absent where the request has none. */
  readonly requestBody?: RawBody;
  readonly primary: Side;
}

/** A request and what both sides made of it, before redaction; crosses to the capture's thread. */
export interface RawCapture extends CustomerRequest {
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise?: RawLeg;
}

/** A capture costs this much beside its bodies and fields. */
const PAIR_BYTES = 4_096;
/** What a text costs beside its characters. */
const TEXT_BYTES = 16;

/** What a capture holds of memory while it is under way, bytes. */
export function sizeOf(pair: RawCapture): number {
  const bodies = bodiesOf(pair).reduce((sum, { data }) => sum + data.byteLength, 0);
  const fields = [pair.headers, ...answersOf(pair).map(({ headers }) => headers)];
  return PAIR_BYTES + bodies + fields.flat().reduce((sum, text) => sum + TEXT_BYTES + text.length, 0);
}

/** Gives a capture's bodies back at once. Left to the collector, which rarely looks at what has waited for a batch, they are some 100 MB. */
export function discardBodies(pair: RawCapture): void {
  for (const { data } of bodiesOf(pair)) data.buffer.transfer(0);
}

export function bodiesOf(pair: RawCapture): readonly RawBody[] {
  const { requestBody } = pair;
  return [...answersOf(pair).map(({ body }) => body), ...(requestBody === undefined ? [] : [requestBody])];
}

function answersOf({ stable, candidate, noise }: RawCapture) {
  return [stable, candidate, noise].flatMap((leg) => (leg?.outcome === 'response' ? [leg] : []));
}
