import type { ObservedLeg } from '../../capture/index.ts';

/** How an exchange ended, for whoever watches it. */
export interface ExchangeObserver {
  /** Follows the primary's answer. */
  readonly leg: ObservedLeg;
  /** A chunk of the request's body, as it goes to the primary. */
  requestChunk(chunk: Buffer): void;
  requestEnd(): void;
  /** The whole answer has come. */
  answered(): void;
  failed(error: unknown): void;
  /** The client left before its answer was complete. */
  aborted(): void;
}
