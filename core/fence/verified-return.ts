/** After a rollback: whether its customers are really back on stable, by the requests that both sides answered. */
import {
  type Drills,
  fromIso,
  type Lease,
  type Metrics,
  type MinuteEvidence,
  type TargetHealthCounts,
  toIso,
} from '../model/index.ts';
import type { RollbackPorts } from './rollback-outcome.ts';

const MINUTE_MS = 60_000;
/**
 * ALB publishes request counts up to three minutes late, so until then a minute without the candidate's counts proves
 * nothing. In seconds after the end of the minute.
 */
export const COUNTS_LATE_SECONDS = 180;

export interface VerificationPorts extends Pick<RollbackPorts, 'ledger' | 'clock'> {
  readonly metrics: Metrics;
  readonly drills: Drills;
}

interface NoReport {
  readonly action: 'none';
  readonly item: Lease;
}

export type VerificationReport =
  | { readonly action: 'verified'; readonly item: Lease; readonly at: string }
  /**
   * The safe weights have been in place for long, and the candidate still answers requests, which reach it by other
   * ways than the run's rules.
   */
  | { readonly action: 'unverified'; readonly item: Lease; readonly minute: number; readonly requests: number }
  /** Stable got everything, and has lost all its healthy targets before it was seen to answer. */
  | { readonly action: 'unanswered'; readonly item: Lease; readonly registered: number };

/**
 * Verifies the rollback by counts: a minute after the safe weights, old enough to be complete, in which stable answered
 * and the candidate did not.
 */
export async function verifyReturn(
  ports: VerificationPorts,
  item: Lease,
  { confirmedAt, requestedAt }: NonNullable<Lease['rollback']>,
  stable: TargetHealthCounts | null,
): Promise<VerificationReport | NoReport> {
  const since = confirmedAt ?? requestedAt;
  const firstWholeMinute = Math.ceil(fromIso(since) / MINUTE_MS) * MINUTE_MS;
  const now = ports.clock.now();
  const to = now - COUNTS_LATE_SECONDS * 1000;
  const dead = stable?.healthy === 0;
  const unanswered = { action: 'unanswered', item, registered: stable?.registered ?? 0 } as const;
  if (to < firstWholeMinute + MINUTE_MS) return dead ? unanswered : { action: 'none', item };
  const minutes = await ports.metrics.minutes({ from: firstWholeMinute, to }, 1_000);
  const back = minutes.some((m) => (m.stable?.requests ?? 0) > 0 && (m.candidate?.requests ?? 0) === 0);
  if (!back && dead) return unanswered;
  if (!back) return stillAnswering(item, minutes, { now, waited: now - fromIso(since) });
  const at = toIso(now);
  await ports.ledger.verifyRollback(item, at);
  await keepDrill(ports, item, at);
  return { action: 'verified', item, at };
}

/**
 * Requests in progress are counted in the minutes after the rollback. Requests that are counted much later arrive by
 * another way.
 */
const LINGERING_MS = 600_000;

function stillAnswering(
  item: Lease,
  minutes: readonly MinuteEvidence[],
  { now, waited }: { readonly now: number; readonly waited: number },
): VerificationReport | NoReport {
  const last = minutes.findLast(({ candidate }) => (candidate?.requests ?? 0) > 0);
  if (last === undefined || waited < LINGERING_MS || now - last.minute > LINGERING_MS) return { action: 'none', item };
  return { action: 'unverified', item, minute: last.minute, requests: last.candidate?.requests ?? 0 };
}

/** A drill that its own alarm rolled back is evidence about the alarm; one that something else ended is not. */
async function keepDrill({ drills }: VerificationPorts, item: Lease, verifiedAt: string): Promise<void> {
  const { drill, rollback, cutoverId } = item;
  if (drill?.trippedAt == null || rollback?.confirmedAt == null || rollback.trigger !== 'alarm') return;
  const { alarm, percent, trippedAt } = drill;
  const { requestedAt, confirmedAt } = rollback;
  await drills.keep({ cutoverId, alarm, percent, trippedAt, requestedAt, confirmedAt, verifiedAt });
}
