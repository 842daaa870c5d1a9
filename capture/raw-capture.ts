/** One copied request and the answers to it, which arrive in any order until they form a record or are discarded. */

import type { Side } from '../sides/index.ts';
import type { RawBody } from './bytes/index.ts';
import type { RawLeg } from './leg.ts';

/** A customer's request before redaction, and the side that answered it. */
export interface CustomerRequest {
  /** When the head of the request arrived, in milliseconds since the epoch. */
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  /** Names and values, alternating, as sent to the primary. */
  readonly headers: readonly string[];
  /** The complete body; absent if the request has none. */
  readonly requestBody?: RawBody;
  readonly primary: Side;
}

/** A request and the answers of both sides, before redaction. Can be transferred to the capture thread. */
export interface RawCapture extends CustomerRequest {
  readonly stable: RawLeg;
  readonly candidate: RawLeg;
  readonly noise?: RawLeg;
}

/** Estimated overhead of a capture, in addition to its bodies and fields. */
const PAIR_BYTES = 4_096;
/** Estimated overhead of a string, in addition to its characters. */
const TEXT_BYTES = 16;

/** Estimated memory that a capture occupies while it is being processed, in bytes. */
export function sizeOf(pair: RawCapture): number {
  const bodies = bodiesOf(pair).reduce((sum, { data }) => sum + data.byteLength, 0);
  const fields = [pair.headers, ...answersOf(pair).map(({ headers }) => headers)];
  return PAIR_BYTES + bodies + fields.flat().reduce((sum, text) => sum + TEXT_BYTES + text.length, 0);
}

/**
 * Frees the bodies of a capture at once. The garbage collector rarely looks at objects that have waited for a batch, so
 * leaving it to the collector costs about 100 MB.
 */
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
