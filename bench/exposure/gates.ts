/**
 * Gates: ours, and peers' as their documentation and sources describe them. A peer that leaves the check to its operator
 * gets the one its own documentation shows, or, where that shows none, {@link alarm}, which is named here.
 */
import { judgeAlone } from '../../core/gate/alone.ts';
import { decideGate } from '../../core/gate/decide.ts';
import type { MinuteEvidence } from '../../core/gate/evidence.ts';
import type { GatePolicy } from '../../core/gate/policy.ts';

export type Answer = 'abort' | 'hold' | 'go';

/** One look at the minutes that the metric store shows by now, of this stage and of the whole run. */
export interface Look {
  readonly minute: number;
  readonly stage: readonly MinuteEvidence[];
  readonly run: readonly MinuteEvidence[];
  readonly percent: number;
}

/** A new one for each run: gates count. */
export type Gate = (look: Look) => Answer;
export type GateMaker = () => Gate;

export function ours(policy: GatePolicy, baseline: { peakErrorRate: number; peakSlowRate: number }): GateMaker {
  return () =>
    ({ stage, percent }) => {
      const { decision } = percent === 100 ? judgeAlone(stage, policy, baseline) : decideGate(stage, policy);
      return decision === 'rollback' ? 'abort' : decision === 'advance' ? 'go' : 'hold';
    };
}

interface Sums {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

function candidate(minutes: readonly MinuteEvidence[]): Sums {
  return minutes.reduce<Sums>(
    (sum, { candidate: c }) =>
      c === null
        ? sum
        : { requests: sum.requests + c.requests, errors: sum.errors + c.target5xx, slow: sum.slow + (c.slow ?? 0) },
    { requests: 0, errors: 0, slow: 0 },
  );
}

/** Every `interval` minutes a check of the last `window`; the `abortAt`-th failure aborts, one fewer holds if `holds`. */
function counted(
  interval: number,
  window: number,
  abortAt: number,
  holds: boolean,
  ok: (s: Sums) => boolean,
): GateMaker {
  return () => {
    let [failures, last] = [0, 'go' as Answer];
    return ({ minute, run }) => {
      if (minute % interval !== 0) return last;
      const seen = candidate(run.slice(-window));
      // No value is no failure: Flagger and Argo Rollouts (inconclusive) both wait.
      const good = seen.requests === 0 || ok(seen);
      if (!good) failures++;
      last = failures >= abortAt ? 'abort' : !good && holds ? 'hold' : 'go';
      return last;
    };
  };
}

const success = (atLeast: number) => (s: Sums) => 1 - s.errors / s.requests >= atLeast;
/** p99 ≤ 500 ms says the same as "at most one in a hundred is slow". */
const p99 = (s: Sums) => s.slow / s.requests <= 0.01;

/** Not documented by any of those that use it: 5xx ratio > 1 % in 2 of 3 minutes, the usual alarm on a load balancer. */
const alarm: GateMaker =
  () =>
  ({ run }) => {
    const red = run
      .slice(-3)
      .filter(({ candidate: c }) => c !== null && c.requests > 0 && c.target5xx / c.requests > 0.01);
    return red.length >= 2 ? 'abort' : 'go';
  };

/** Flagger counts failed checks over the whole analysis (pkg/controller/scheduler.go) and freezes the weight meanwhile. */
export const FLAGGER_DOCS = counted(1, 1, 10, true, (s) => success(0.99)(s) && p99(s));
export const FLAGGER_TUTORIAL = counted(1, 1, 5, true, (s) => success(0.99)(s) && p99(s));
export const FLAGGER_DEFAULT = counted(1, 1, 1, true, (s) => success(0.99)(s) && p99(s));
/** Argo Rollouts: failureLimit 3, so the fourth measurement under 95 % over 5 min aborts; it holds nothing. */
export const ARGO_DOCS = counted(5, 5, 4, false, success(0.95));
export const ARGO_DEFAULT = counted(5, 5, 1, false, success(0.95));
export const ALARM = alarm;
/** Cloud Run release manager: 5xx ≤ 1 % over half an hour, from 100 requests on, one failure aborts. */
export const CLOUD_RUN = counted(1, 30, 1, false, (s) => s.requests < 100 || s.errors / s.requests <= 0.01);

/**
 * Kayenta, hourly: Mann–Whitney of the minutes' rates at confidence 0.98 for errors and slowness, each half of the score;
 * below 75 aborts. Its effect tolerance (0.25 of the estimate) is left out, which can only make it quicker to fail.
 */
export const KAYENTA: GateMaker = () => {
  let last: Answer = 'hold';
  return ({ minute, stage }) => {
    if (minute === 0 || minute % 60 !== 0) return last;
    const fails = (['target5xx', 'slow'] as const).some((metric) => {
      const rates = (side: 'stable' | 'candidate') =>
        stage.flatMap((m) =>
          m[side] === null || m[side].requests === 0 ? [] : [(m[side][metric] ?? 0) / m[side].requests],
        );
      return mannWhitneyZ(rates('candidate'), rates('stable')) > 2.326;
    });
    last = fails ? 'abort' : 'go';
    return last;
  };
};

/** Normal approximation with the correction for ties; positive when `a` is the larger. */
export function mannWhitneyZ(a: readonly number[], b: readonly number[]): number {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return 0;
  const all = [...a.map((v) => ({ v, a: true })), ...b.map((v) => ({ v, a: false }))].sort((x, y) => x.v - y.v);
  let [rankSum, ties] = [0, 0];
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]?.v === all[i]?.v) j++;
    const size = j - i;
    ties += size ** 3 - size;
    for (let k = i; k < j; k++) if (all[k]?.a) rankSum += (i + j + 1) / 2;
    i = j;
  }
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  return variance <= 0 ? 0 : (rankSum - (m * (m + 1)) / 2 - (m * n) / 2) / Math.sqrt(variance);
}
