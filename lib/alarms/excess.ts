/**
 * By how much the candidate's share of failures exceeds stable's in a minute, as metric math. core/gate/alarm-rules.ts
 * has the same as functions.
 */
import {
  ALARM_ALONE_FACTOR,
  ALARM_CONTROL_WEIGHT,
  ALARM_MIN_FAILURES,
  ALARM_MIN_REQUESTS,
} from '../../core/gate/index.ts';

/** Requests and failures of one side, as expressions of one term each. */
interface Counted {
  readonly exposed: string;
  readonly failed: string;
}

/** Unreported failures are counted as the most that they can be. @default reported */
interface Control extends Counted {
  readonly isTold?: string;
  /** Percentage points that are not held against the candidate beside it. @default none */
  readonly allowed?: number;
}

/** `connectionErrorExcess` of core/gate/alarm-rules.ts, for one side. */
export const refusedOf = (requests: string, refused: string): Counted => ({
  exposed: `(FILL(${requests}, 0) + FILL(${refused}, 0))`,
  failed: `FILL(${refused}, 0)`,
});

/**
 * By how many percentage points the candidate's failures exceed the permitted share, compared with stable.
 * @param burst how many failures one cause makes at a time
 */
export function beyond(candidate: Counted, stable: Control, burst: number): string {
  const share = `100 * ${candidate.failed} / ${candidate.exposed}`;
  const [alone, beside] = [
    `${share} / ${ALARM_ALONE_FACTOR}`,
    `${share}${stable.allowed === undefined ? '' : ` - ${stable.allowed}`} - ${100 * ALARM_CONTROL_WEIGHT} * ${stable.failed} / ${stable.exposed}`,
  ];
  const enough = `${stable.exposed} >= ${ALARM_MIN_REQUESTS}`;
  // Reported failures excuse the candidate, however few requests they are among; possible ones do not.
  const known =
    stable.isTold === undefined
      ? enough
      : `IF(${stable.isTold}, ${enough} OR ${beside} < ${alone}, ${enough} AND ${beside} > ${alone})`;
  const compared = `IF(${known}, ${beside}, ${alone})`;
  return `IF(${candidate.exposed} >= ${ALARM_MIN_REQUESTS} AND ${candidate.failed} >= ${ALARM_MIN_FAILURES * burst}, ${compared}, 0)`;
}
