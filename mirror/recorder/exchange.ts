import type { CustomerRequest, RawLeg } from '../../capture/index.ts';

/** One customer's exchange as a proxy hands it over, once the primary's answer is complete. */
export interface RecordedExchange extends CustomerRequest {
  readonly leg: RawLeg;
  /** The customer spoke HTTP/2, and so does the copy. */
  readonly http2: boolean;
}
