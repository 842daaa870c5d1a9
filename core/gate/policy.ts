/** What the gate is asked to show, and how sure it must be. Rates are shares of requests, 0 to 1. */
export interface GatePolicy {
  /** Chance, over the whole cutover, that a healthy candidate is called worse. */
  readonly alpha: number;
  /** Looks share `alpha` over this many (stage, metric) pairs. */
  readonly tests: number;
  /** The candidate advances while it is worse by less than this. */
  readonly errorMargin: number;
  readonly slowMargin: number;
  /** Candidate requests in the stage before its gate may pass. */
  readonly minRequests: number;
  /** Above this the candidate is rolled back without a comparison. */
  readonly maxErrorRate: number;
}
