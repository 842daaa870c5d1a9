/** What an evaluation takes: the run as it is now, and what was seen of it. */
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

/** What a decision reads of the run; with {@link Evidence} and the time it is enough to take the decision again. */
export type PresentRun = Pick<CutoverState, 'plan' | 'phase' | 'stage' | 'since' | 'split' | 'baseline'> & {
  /** What people asked of the run. */
  readonly steered?: Steered | undefined;
};

/** Could the stable side take everything back now? */
export interface StableReadiness {
  readonly healthy: number;
  /** Targets that it had when the run began. */
  readonly needed: number;
}

export interface HardEvidence {
  readonly alarms: readonly AlarmReading[];
  readonly live: readonly RuleWeights[];
  readonly candidate: TargetHealthCounts;
  /** Absent in logs of earlier versions, and once the stable side is taken away on purpose. */
  readonly stable?: StableReadiness | null | undefined;
}

export interface Evidence extends HardEvidence {
  /** Since the phase or stage began. */
  readonly minutes: readonly MinuteEvidence[];
  /** Of the plan's own metrics; absent in logs of earlier versions, and in phases in which none votes. */
  readonly metrics?: readonly MetricEvidence[] | undefined;
  /** Sides that changed in mid-run; null or absent: none did, as far as is known. */
  readonly revised?: Revised | null | undefined;
  /** Votes of the plan's hooks; absent before they are asked. */
  readonly hooks?: readonly HookAnswer[] | undefined;
  /** Null where it was not read: in a stage nothing is mirrored, and a hard stop waits for nobody. */
  readonly parity: ParityVerdict | null;
}
