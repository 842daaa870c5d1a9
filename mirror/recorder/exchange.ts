import type { RawBody } from '../../capture/bytes/index.ts';
import type { RawLeg, Side } from '../../capture/index.ts';

/** One customer's exchange as a proxy hands it over, once the primary's answer is complete. */
export interface RecordedExchange {
  /** Milliseconds since the epoch at which the request's head arrived. */
  readonly at: number;
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  /** Of the request, names and values alternating, as they went to the primary. */
  readonly headers: readonly string[];
  /** Whole; absent where the request has none. */
  readonly requestBody?: RawBody;
  readonly primary: Side;
  readonly leg: RawLeg;
  /** The customer spoke HTTP/2, and so does the copy. */
  readonly http2: boolean;
}
