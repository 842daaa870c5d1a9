/** The evidence of one run for the page: decisions from the ledger, and the customers' experience from the load. */
import type { CutoverId, IngressId, Lease, LogEntry } from '../../core/model/index.ts';
import type { AlarmChange, InjectedFault } from './decision-rows.ts';
import type { WeightsAt } from './traffic-charts.ts';

/** All instants are simulated, in milliseconds since the epoch, unless a name says `real`. */
export interface RateSample {
  readonly at: number;
  readonly sent: number;
  /** By the side that answered. */
  readonly sides: Readonly<
    Record<string, { readonly ok: number; readonly failed: number; readonly p50: number; readonly p95: number }>
  >;
}

export interface RunEvidence {
  readonly title: string;
  readonly ingressId: IngressId;
  readonly cutoverId: CutoverId;
  /** `as expected`, or why it was not. */
  readonly verdict: { readonly ok: boolean; readonly sentence: string };
  readonly startedAt: number;
  readonly endedAt: number;
  /** Simulated seconds per real second. */
  readonly speed: number;
  readonly candidate: string;
  readonly fault: InjectedFault | null;
  readonly requests: {
    readonly sent: number;
    readonly failed: Readonly<Record<string, number>>;
    readonly failedAfterReturn: number;
  };
  /**
   * Simulated seconds from the fault to each step of the rollback (divided by the speed, they are real seconds); null
   * if there was none.
   */
  readonly back: { readonly toRequest: number; readonly toWeights: number; readonly toVerified: number } | null;
  readonly rates: readonly RateSample[];
  readonly weights: readonly WeightsAt[];
  /** The candidate's share of the cohort's requests from each instant on, 0 to 1; empty without a cohort. */
  readonly cohort: readonly { readonly at: number; readonly share: number }[];
  readonly alarms: readonly AlarmChange[];
  readonly log: readonly LogEntry[];
  readonly messages: readonly { readonly at: number; readonly subject: string }[];
  readonly ledger: Lease | null;
}
