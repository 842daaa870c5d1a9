/**
 * Decides which counts are reliable, and adds them up. An absent error point is zero once its minute is old enough, and
 * unknown before that, on both sides alike. Tests for "worse" and for "within the margin" read a stage only up to its
 * first unsettled minute. Ville's inequality covers the prefix of a supermartingale however its end is chosen, whereas
 * dropping single minutes because their points are absent would keep those with failures and lose those without
 * (docs/explanation/gate.md).
 */

import type { Side } from '../../sides/index.ts';
import { type LateCount, type MinuteEvidence, type SideCounts, UNKNOWN } from '../model/index.ts';
import type { Exposed, Pair } from './bets/index.ts';

const MINUTE_MS = 60_000;

/**
 * The minutes in order, each once and as last read, with every absent count that is older than `settleAfter` seconds at
 * `now` set to zero. A side with a count that is not a number of at least 0 becomes a gap, because nothing can be
 * concluded from it. Every failure was a request, whether or not it was counted as one.
 */
export function settled(minutes: readonly MinuteEvidence[], now: number, settleAfter: number): MinuteEvidence[] {
  return eachOnce(minutes).map((minute) => {
    const old = minute.minute + MINUTE_MS + settleAfter * 1000 <= now;
    const resolve = (value: LateCount): LateCount => (value === UNKNOWN && old ? 0 : value);
    const side = (counts: SideCounts | null): SideCounts | null => {
      if (counts === null || !isSound(counts)) return null;
      const { unanswered } = counts;
      return {
        ...counts,
        requests: Math.max(counts.requests, failedAtLeast(counts), counts.slow ?? 0),
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

/** A minute that is reported twice counts once, and a minute without a time does not count. */
function eachOnce(minutes: readonly MinuteEvidence[]): readonly MinuteEvidence[] {
  if (minutes.every(({ minute }, i) => Number.isFinite(minute) && minute > (minutes[i - 1]?.minute ?? -Infinity)))
    return minutes;
  const timed = minutes.filter(({ minute }) => Number.isFinite(minute));
  return [...new Map(timed.map((m) => [m.minute, m])).values()].toSorted((a, b) => a.minute - b.minute);
}

/** The minutes before the first one in which a side that answered has an unknown count. */
export function settledPrefix(minutes: readonly MinuteEvidence[]): readonly MinuteEvidence[] {
  const open = minutes.findIndex(({ stable, candidate }) => isOpen(stable) || isOpen(candidate));
  return open === -1 ? minutes : minutes.slice(0, open);
}

function isOpen(side: SideCounts | null): boolean {
  return side !== null && side.requests > 0 && !isSettled(side);
}

/** Whether every count of a side is known, including those that may be late. */
export function isSettled({ target5xx, connectionErrors, unanswered }: SideCounts): boolean {
  return target5xx !== UNKNOWN && connectionErrors !== UNKNOWN && unanswered !== UNKNOWN;
}

function isSound({
  requests,
  target5xx,
  target5xxAtMost,
  answered,
  connectionErrors,
  unanswered,
  slow,
  latency,
}: SideCounts): boolean {
  const late = [target5xx, target5xxAtMost ?? 0, answered ?? 0, connectionErrors, unanswered ?? 0].filter(
    (value) => value !== UNKNOWN,
  );
  const nullable = [slow, latency?.p95 ?? null, latency?.p99 ?? null].filter((value) => value !== null);
  return [requests, ...late, ...nullable].every(isCount);
}

/** No real minute has more requests than a number can represent exactly; such a count is corrupt. */
function isCount(value: LateCount): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** The number of failures of one side in one minute; null if it is unknown. */
export type Pick = (side: SideCounts) => number | null;

/** The least that it can be; more may still arrive. */
export function known(value: LateCount | undefined): number {
  return value === UNKNOWN || value === undefined ? 0 : value;
}

/** null while a point of a count may still arrive, and where the answers are lost. */
export const failed: Pick = (side) => (isSettled(side) && side.answered !== UNKNOWN ? failedAtLeast(side) : null);
/** The failures that have arrived; late points can only add to them. */
export const failedAtLeast = (side: SideCounts): number => known(side.target5xx) + lostAtLeast(side);
/** Of these, the requests that the target did not answer. A refused connection is one of them, and counts once. */
export const lostAtLeast = ({ connectionErrors, unanswered }: SideCounts): number =>
  Math.max(known(connectionErrors), known(unanswered));
/**
 * The target's own 5xx; as many as possible while their point is absent. For stable, this assumption favours the
 * candidate.
 */
export const answered5xxAtMost: Pick = ({ target5xx, target5xxAtMost }) =>
  target5xx === UNKNOWN ? (target5xxAtMost ?? null) : target5xx;
/** The same, plus the known requests that the target did not answer. */
export const failedAtMost: Pick = (side) => {
  const answered = answered5xxAtMost(side);
  return answered === null ? null : answered + lostAtLeast(side);
};
/**
 * Requests that no target answered, including clients that hung up and upgraded connections; null if that is unknown.
 */
const open = ({ requests, answered, target5xx }: SideCounts): number | null =>
  answered === undefined || answered === UNKNOWN ? null : Math.max(0, requests - answered - known(target5xx));

/** Both sides of a minute with their open requests; null if a side is absent, or one of the counts is not known. */
function openOfBoth({ stable, candidate, elb5xx }: MinuteEvidence) {
  if (stable === null || candidate === null || elb5xx === UNKNOWN) return null;
  const [ofStable, ofCandidate] = [open(stable), open(candidate)];
  return ofStable === null || ofCandidate === null ? null : { stable, candidate, elb5xx, ofStable, ofCandidate };
}

/**
 * The requests that each side's targets lost, as evidence against the candidate: all of stable's requests without an
 * answer, and of the candidate's an equal share, plus at most the load balancer's own 5xx. If nothing is wrong, clients
 * hang up equally on both sides; without a 5xx, nobody knows that anything was lost.
 */
export function lostOfBoth(minutes: readonly MinuteEvidence[]): MinuteEvidence[] {
  return minutes.map((minute) => {
    const both = openOfBoth(minute);
    if (both === null) return minute;
    const { stable, candidate, elb5xx, ofStable, ofCandidate } = both;
    const most = elb5xx + rate(ofStable, stable.requests) * candidate.requests;
    return { ...minute, stable: losing(stable, ofStable), candidate: losing(candidate, Math.min(ofCandidate, most)) };
  });
}

/**
 * The same without a stable side: what the candidate's targets lost beyond the share that clients ordinarily leave
 * unanswered.
 */
export function lostAlone(minutes: readonly MinuteEvidence[], ordinary: number): MinuteEvidence[] {
  return minutes.map((minute) => {
    const { candidate } = minute;
    if (candidate === null || typeof candidate.unanswered !== 'number') return minute;
    const beyond = Math.max(0, (open(candidate) ?? candidate.unanswered) - ordinary * candidate.requests);
    return { ...minute, candidate: losing(candidate, Math.min(candidate.unanswered, beyond)) };
  });
}

/**
 * The load balancer's own 5xx of a minute that answer nobody whose request was counted, whether ours or another
 * service's: a node that has no target for a request does not count it. null if that is not known.
 */
export function uncounted({ stable, candidate, elb5xx, loadBalancerRequests }: MinuteEvidence): number | null {
  const sides = [stable, candidate].filter((side) => side !== null);
  const without = sides.map(open);
  if (elb5xx === UNKNOWN || without.includes(null)) return null;
  const ours = sides.reduce((sum, side) => sum + side.requests, 0);
  const others = Math.max(0, (loadBalancerRequests ?? ours) - ours);
  return without.reduce<number>((rest, of) => rest - (of ?? 0), elb5xx - others);
}

function losing(side: SideCounts, lost: number): SideCounts {
  return typeof side.unanswered === 'number' ? { ...side, unanswered: lost } : side;
}

/**
 * Each side's part of the load balancer's own 5xx, which tell neither whose requests they answer nor whether they
 * belong to another service. If the requests without an answer exceed them, each side's part is proportional to its
 * own.
 */
export function apportioned(minutes: readonly MinuteEvidence[]): MinuteEvidence[] {
  return minutes.map((minute) => {
    const both = openOfBoth(minute);
    if (both === null || both.ofStable + both.ofCandidate <= both.elb5xx) return minute;
    const { stable, candidate, elb5xx, ofStable, ofCandidate } = both;
    const part = elb5xx / (ofStable + ofCandidate);
    return { ...minute, stable: losing(stable, part * ofStable), candidate: losing(candidate, part * ofCandidate) };
  });
}
/** Requests that the load balancer had to answer with a 5xx of its own, if that is known for the side. */
export const unanswered: Pick = (side) =>
  side.unanswered === undefined || side.unanswered === UNKNOWN ? null : side.unanswered;
export const slow: Pick = (side) => side.slow;
export const requests: Pick = (side) => side.requests;

/** Sum over the minutes; a missing side or count adds nothing. */
export function total(minutes: readonly MinuteEvidence[], side: Side, pick: Pick): number {
  return minutes.reduce((sum, m) => sum + (m[side] === null ? 0 : (pick(m[side]) ?? 0)), 0);
}

/**
 * How many requests a minute should bring on the side with less traffic. The probability of none at all is then e⁻⁵.
 */
const REQUESTS_OF_A_MINUTE = 5;

/**
 * The comparable pairs: requests and failures of both sides, at the minute in which both have answered; null for every
 * other minute. On thin traffic this takes several minutes, which are counted together. If a side ordinarily answers in
 * every minute, a minute without it is a gap. Which minutes are joined depends only on requests, and only on earlier
 * ones.
 * @param atLeast counts the candidate's failures while they are not fully known: what has arrived can only grow, so it
 * is never more evidence against the candidate than the truth.
 * @default - such a minute is not compared
 */
export function pairs(minutes: readonly MinuteEvidence[], pick: Pick, atLeast: Pick = pick): (Pair | null)[] {
  let open: Pair = NOTHING;
  let began = 0;
  const answered = { stable: 0, candidate: 0 };
  return minutes.map(({ stable, candidate }, at) => {
    const perMinute = Math.min(answered.stable, answered.candidate) / Math.max(1, at);
    answered.stable += stable?.requests ?? 0;
    answered.candidate += candidate?.requests ?? 0;
    const [x0, x1] = [stable === null ? 0 : pick(stable), candidate === null ? 0 : atLeast(candidate)];
    const isThin = perMinute > 0 && perMinute < REQUESTS_OF_A_MINUTE;
    if (!isThin || at - began >= REQUESTS_OF_A_MINUTE / perMinute) [open, began] = [NOTHING, at];
    if (x0 === null || x1 === null || !Number.isFinite(x0 + x1)) return null;
    const [n0, n1] = [open.n0 + (stable?.requests ?? 0), open.n1 + (candidate?.requests ?? 0)];
    open = { n0, x0: open.x0 + x0, n1, x1: open.x1 + x1 };
    if (n0 === 0 || n1 === 0) return null;
    const closed = open;
    [open, began] = [NOTHING, at + 1];
    return closed;
  });
}

const NOTHING: Pair = { n0: 0, x0: 0, n1: 0, x1: 0 };

/** The candidate's requests and what `pick` counts among them; null if either is unknown. */
export function exposed(
  minutes: readonly MinuteEvidence[],
  pick: (side: SideCounts, minute: MinuteEvidence) => number | null,
): Exposed[] {
  return minutes.map((m) => {
    const x = m.candidate === null ? null : pick(m.candidate, m);
    return m.candidate === null || x === null ? null : { n: m.candidate.requests, x };
  });
}

/** A share, 0 to 1; 0 if `whole` is 0. */
export function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** What chance makes of a count, in standard deviations. */
export const CHANCE = 3;

/** An upper limit of what chance makes of a mean of this many failures. */
export function reachedBy(mean: number): number {
  return mean + CHANCE * Math.sqrt(mean);
}

/**
 * The share of its requests that each side counts. Stable's is taken over the minutes in which it is known, and is null
 * if there are none.
 */
export function sharesOf(
  minutes: readonly MinuteEvidence[],
  stable: Pick,
  candidate: Pick,
): { readonly stable: number | null; readonly candidate: number } {
  const control = minutes.filter((m) => m.stable !== null && stable(m.stable) !== null);
  const known = minutes.filter((m) => m.candidate !== null && candidate(m.candidate) !== null);
  return {
    stable: control.length === 0 ? null : rate(total(control, 'stable', stable), total(control, 'stable', requests)),
    candidate: rate(total(known, 'candidate', candidate), total(known, 'candidate', requests)),
  };
}

/** A share in percent, such as `4.63 %`. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

/** Adds the counts of two ways to the same side. */
export function bothWays(one: SideCounts | null, other: SideCounts | null): SideCounts | null {
  if (one === null || other === null) return one ?? other;
  const sum = (a: LateCount, b: LateCount): LateCount => (a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a + b);
  const { target5xxAtMost: _ofOneWay, answered, ...rest } = one;
  return {
    ...rest,
    ...(answered === undefined || other.answered === undefined ? {} : { answered: sum(answered, other.answered) }),
    requests: one.requests + other.requests,
    target5xx: sum(one.target5xx, other.target5xx),
    connectionErrors: sum(one.connectionErrors, other.connectionErrors),
    ...(one.unanswered === undefined || other.unanswered === undefined
      ? {}
      : { unanswered: sum(one.unanswered, other.unanswered) }),
    slow: one.slow === null || other.slow === null ? null : one.slow + other.slow,
  };
}
