/** A request that is to be sent to both sides, and what keeps one from being sent. */
import type { Position } from '../../../../parity/tally/index.ts';

export interface PlannedRequest {
  /** Sent to both sides as X-Request-Id; a probe's ends with `~` and its name. */
  readonly id: string;
  /** Method and template such as `GET /items/{id}`. */
  readonly route: string;
  readonly method: string;
  /** Origin form: path and query. */
  readonly target: string;
  /** Names and values. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  readonly at: Position;
}

/** A request that is not sent. The reason is the same for all that share it, so that they can be counted. */
export interface Skipped {
  readonly skipped: string;
  readonly at: Position;
}

export type Planned = PlannedRequest | Skipped;
