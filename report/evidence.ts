/** What one run left behind, as the report shows it: decisions from the ledger, customers' view from the load. */
import type { CutoverId, IngressId, Lease, LogEntry } from '../core/model/index.ts';

/** All instants are virtual, milliseconds since the epoch, unless a name says `real`. */
export interface RateSample {
  readonly at: number;
  readonly sent: number;
  /** By the side that answered. */
  readonly sides: Readonly<
    Record<string, { readonly ok: number; readonly failed: number; readonly p50: number; readonly p95: number }>
  >;
}

export interface WeightSample {
  readonly at: number;
  /** Share of the mirrored rule's weight by role, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

export interface AlarmSample {
  readonly at: number;
  readonly name: string;
  readonly to: string;
  readonly reason: string;
}

export interface RunEvidence {
  readonly title: string;
  readonly ingressId: IngressId;
  readonly cutoverId: CutoverId;
  /** `as expected` or why it was not. */
  readonly verdict: { readonly ok: boolean; readonly sentence: string };
  readonly startedAt: number;
  readonly endedAt: number;
  /** Virtual seconds per real second. */
  readonly speed: number;
  readonly candidate: string;
  readonly fault: { readonly text: string; readonly at: number | null } | null;
  readonly requests: {
    readonly sent: number;
    readonly failed: Readonly<Record<string, number>>;
    readonly failedAfterReturn: number;
  };
  /** Seconds (virtual; real alike, divided by the speed) from the fault to each step back; null where there was none. */
  readonly back: { readonly toRequest: number; readonly toWeights: number; readonly toVerified: number } | null;
  readonly rates: readonly RateSample[];
  readonly weights: readonly WeightSample[];
  readonly alarms: readonly AlarmSample[];
  readonly log: readonly LogEntry[];
  readonly messages: readonly { readonly at: number; readonly subject: string }[];
  readonly ledger: Lease | null;
}
