import type { CustomerRequest, RawLeg } from '../../capture/index.ts';

/** One customer's exchange, as a proxy hands it over when the primary's answer is complete. */
export interface RecordedExchange extends CustomerRequest {
  readonly leg: RawLeg;
  /** Whether the customer spoke HTTP/2; the copy then does, too. */
  readonly http2: boolean;
}
