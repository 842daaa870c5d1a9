/** By how much the candidate fails more than the stable side in a minute, as metric math; core/gate/alarm-rules.ts has the same as functions. */
import {
  ALARM_ALONE_FACTOR,
  ALARM_CONTROL_WEIGHT,
  ALARM_MIN_FAILURES,
  ALARM_MIN_REQUESTS,
} from '../../core/gate/index.ts';

/** What each side was asked, and what of it failed, as expressions of one term each. */
interface Counted {
  readonly exposed: string;
  readonly failed: string;
}

/** Failures that are not told are counted as the most that they can be. @default told */
interface Control extends Counted {
  readonly isTold?: string;
  /** Percentage points that are not held against the candidate beside it. @default none */
  readonly allowed?: number;
}

/** `connectionErrorExcess` of core/gate/alarm-rules.ts, of one side. */
export const refusedOf = (requests: string, refused: string): Counted => ({
  exposed: `(FILL(${requests}, 0) + FILL(${refused}, 0))`,
  failed: `FILL(${refused}, 0)`,
});

/** By how many percentage points the candidate fails more than it may beside the stable side. @param burst failures that one cause makes at a time */
export function beyond(candidate: Counted, stable: Control, burst: number): string {
  const share = `100 * ${candidate.failed} / ${candidate.exposed}`;
  const [alone, beside] = [
    `${share} / ${ALARM_ALONE_FACTOR}`,
    `${share}${stable.allowed === undefined ? '' : ` - ${stable.allowed}`} - ${100 * ALARM_CONTROL_WEIGHT} * ${stable.failed} / ${stable.exposed}`,
  ];
  const enough = `${stable.exposed} >= ${ALARM_MIN_REQUESTS}`;
  // Failures that are told excuse the candidate however few requests they are of; those that may be do not.
  const known =
    stable.isTold === undefined
      ? enough
      : `IF(${stable.isTold}, ${enough} OR ${beside} < ${alone}, ${enough} AND ${beside} > ${alone})`;
  const compared = `IF(${known}, ${beside}, ${alone})`;
  return `IF(${candidate.exposed} >= ${ALARM_MIN_REQUESTS} AND ${candidate.failed} >= ${ALARM_MIN_FAILURES * burst}, ${compared}, 0)`;
}
