/** Input of an evaluation: the run as it is now, and what was observed about it. */
import type {
  AlarmReading,
  CutoverState,
  HookAnswer,
  MetricEvidence,
  MinuteEvidence,
  ParityVerdict,
  RuleWeights,
  Steered,
  TargetHealthCounts,
} from '../model/index.ts';
import type { Revised } from './revision.ts';

/**
 * The part of a run that a decision reads; together with {@link Evidence} and the time, it suffices to reproduce the
 * decision.
 */
export type PresentRun = Pick<CutoverState, 'plan' | 'phase' | 'stage' | 'since' | 'split' | 'baseline'> & {
  /** What people have requested for the run. */
  readonly steered?: Steered | undefined;
};

/** Whether stable could take all traffic back now. */
export interface StableReadiness {
  readonly healthy: number;
  /** How many targets it had when the run began. */
  readonly needed: number;
}

export interface HardEvidence {
  readonly alarms: readonly AlarmReading[];
  readonly live: readonly RuleWeights[];
  readonly candidate: TargetHealthCounts;
  /** Absent in logs of earlier versions, and once stable is being decommissioned. */
  readonly stable?: StableReadiness | null | undefined;
}

export interface Evidence extends HardEvidence {
  /** Since the phase or stage began. */
  readonly minutes: readonly MinuteEvidence[];
  /**
   * Evidence of the plan's own metrics; absent in logs of earlier versions, and in phases in which they are not
   * evaluated.
   */
  readonly metrics?: readonly MetricEvidence[] | undefined;
  /** Sides that changed during the run; null or absent if none is known to have changed. */
  readonly revised?: Revised | null | undefined;
  /** Answers of the plan's hooks; absent before they are called. */
  readonly hooks?: readonly HookAnswer[] | undefined;
  /** null if it was not read: in a stage nothing is mirrored, and a hard stop waits for nothing. */
  readonly parity: ParityVerdict | null;
}
