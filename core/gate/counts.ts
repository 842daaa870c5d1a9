/**
 * Which counts may be believed, and what they add up to. An absent error point is zero once its minute is old enough, and unknown before that, on both
 * sides alike. Tests for "worse" and for "within the margin" read a stage only up to its first unsettled minute: the prefix of
 * a supermartingale, however its end is chosen, is covered by Ville's inequality, while leaving single minutes out because
 * their points are absent would keep those with failures and drop those without (docs/explanation/gate.md).
 */
import { type LateCount, type MinuteEvidence, type SideCounts, UNKNOWN } from '../model/index.ts';
import type { Exposed, Pair } from './bets/index.ts';

const MINUTE_MS = 60_000;

/**
 * The minutes with every absent count that is older than `settleAfter` seconds at `now` taken for zero. A side with a count that
 * is no number of at least 0 becomes a gap: nothing can be concluded from it.
 */
export function settled(minutes: readonly MinuteEvidence[], now: number, settleAfter: number): MinuteEvidence[] {
  return minutes.map((minute) => {
    const old = minute.minute + MINUTE_MS + settleAfter * 1000 <= now;
    const resolve = (value: LateCount): LateCount => (value === UNKNOWN && old ? 0 : value);
    const side = (counts: SideCounts | null): SideCounts | null => {
      if (counts === null || !isSound(counts)) return null;
      const { unanswered } = counts;
      return {
        ...counts,
        target5xx: resolve(counts.target5xx),
        connectionErrors: resolve(counts.connectionErrors),
        ...(unanswered === undefined ? {} : { unanswered: resolve(unanswered) }),
      };
    };
    const elb5xx = isCount(minute.elb5xx) || minute.elb5xx === UNKNOWN ? minute.elb5xx : UNKNOWN;
    return {
      ...minute,
      stable: side(minute.stable),
      candidate: side(minute.candidate),
      ...(minute.mirror === undefined ? {} : { mirror: side(minute.mirror) }),
      elb5xx: resolve(elb5xx),
    };
  });
}

/** Those before the first minute in which a side that answered has an unknown count. */
export function settledPrefix(minutes: readonly MinuteEvidence[]): readonly MinuteEvidence[] {
  const open = minutes.findIndex(({ stable, candidate }) => isOpen(stable) || isOpen(candidate));
  return open === -1 ? minutes : minutes.slice(0, open);
}

function isOpen(side: SideCounts | null): boolean {
  return side !== null && side.requests > 0 && !isSettled(side);
}

export function isSettled({ target5xx, connectionErrors, unanswered }: SideCounts): boolean {
  return target5xx !== UNKNOWN && connectionErrors !== UNKNOWN && unanswered !== UNKNOWN;
}

function isSound({ requests, target5xx, connectionErrors, unanswered, slow, latency }: SideCounts): boolean {
  const late = [target5xx, connectionErrors, unanswered ?? 0].filter((value) => value !== UNKNOWN);
  const nullable = [slow, latency?.p95 ?? null, latency?.p99 ?? null].filter((value) => value !== null);
  return [requests, ...late, ...nullable].every(isCount);
}

function isCount(value: LateCount): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** What counts as a failure of one side in one minute; null where that cannot be known. */
export type Pick = (side: SideCounts) => number | null;

/** At least so much; the rest may still arrive. */
export function known(value: LateCount | undefined): number {
  return value === UNKNOWN || value === undefined ? 0 : value;
}

/** Null while a point of a count may still arrive. */
export const failed: Pick = (side) => (isSettled(side) ? failedAtLeast(side) : null);
/** What has arrived of them: late points can only add to it. */
export const failedAtLeast = (side: SideCounts): number => known(side.target5xx) + lostAtLeast(side);
/** Of these, requests that the target did not answer. A refused connection is one of them, and counts once. */
export const lostAtLeast = ({ connectionErrors, unanswered }: SideCounts): number =>
  Math.max(known(connectionErrors), known(unanswered));
/** The target's own 5xx, as far as they are known. */
export const answered5xx: Pick = ({ target5xx }) => (target5xx === UNKNOWN ? null : target5xx);
/** Requests that the load balancer had to answer with a 5xx of its own, where that is known of a side. */
export const unanswered: Pick = (side) =>
  side.unanswered === undefined || side.unanswered === UNKNOWN ? null : side.unanswered;
export const slow: Pick = (side) => side.slow;
export const requests: Pick = (side) => side.requests;

export function total(minutes: readonly MinuteEvidence[], side: 'stable' | 'candidate', pick: Pick): number {
  return minutes.reduce((sum, m) => sum + (m[side] === null ? 0 : (pick(m[side]) ?? 0)), 0);
}

/**
 * The minutes that compare: both sides answered, and their failures are known; null stands for every other minute.
 * @param atLeast what is taken for the candidate's failures while they are not known: what has arrived can only grow, so it
 * speaks against the candidate no more than the truth would. @default - such a minute does not compare
 */
export function pairs(minutes: readonly MinuteEvidence[], pick: Pick, atLeast: Pick = pick): (Pair | null)[] {
  return minutes.map(({ stable, candidate }) => {
    if (stable === null || candidate === null || stable.requests === 0 || candidate.requests === 0) return null;
    const [x0, x1] = [pick(stable), atLeast(candidate)];
    return x0 === null || x1 === null || !Number.isFinite(x0 + x1)
      ? null
      : { n0: stable.requests, x0, n1: candidate.requests, x1 };
  });
}

/** The candidate's requests and what `pick` counts of them; null where either is not known. */
export function exposed(
  minutes: readonly MinuteEvidence[],
  pick: (side: SideCounts, minute: MinuteEvidence) => number | null,
): Exposed[] {
  return minutes.map((m) => {
    const x = m.candidate === null ? null : pick(m.candidate, m);
    return m.candidate === null || x === null ? null : { n: m.candidate.requests, x };
  });
}

export function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

/** Two ways to one side, counted as one. */
export function bothWays(one: SideCounts | null, other: SideCounts | null): SideCounts | null {
  if (one === null || other === null) return one ?? other;
  const sum = (a: LateCount, b: LateCount): LateCount => (a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a + b);
  return {
    ...one,
    requests: one.requests + other.requests,
    target5xx: sum(one.target5xx, other.target5xx),
    connectionErrors: sum(one.connectionErrors, other.connectionErrors),
    ...(one.unanswered === undefined || other.unanswered === undefined
      ? {}
      : { unanswered: sum(one.unanswered, other.unanswered) }),
    slow: one.slow === null || other.slow === null ? null : one.slow + other.slow,
  };
}
