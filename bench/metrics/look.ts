/** One run of one metric over one trace, evaluated as a stage is, with the results of oracles. */
import { logRatio } from '../../core/metrics/binary-bets.ts';
import { opinionsOf } from '../../core/metrics/opinion.ts';
import type { MetricEvidence, MetricMinute } from '../../core/model/evidence.ts';
import { alphaShareOf, type PlanMetric } from '../../core/model/plan-metrics.ts';
import { CONVERSION, type Trace } from './traces.ts';

const MINUTE = 60_000;
/** A later stage of the default plan has an eighth of α. */
export const ALPHA = 0.01 / 8;
const BETA = 0.01;
/** Wald's bound for a test with error rates of 1 % each. */
const WALD = Math.log(99);
const SAME = { offset: 0, slope: 1 };

/** Minutes since the stage began; null if not within the time. */
export interface Looked {
  readonly worse: number | null;
  readonly within: number | null;
  /** For an oracle that knows the base rate and the size, sees only the candidate, and errs in 1 % of the runs. */
  readonly oracle: number | null;
  /** For an oracle that also knows them, but has only the metric's share of α, and compares with stable. */
  readonly peer: number | null;
  /** Evaluations at which the stage could have advanced although its source was silent. */
  readonly advancedBlind: number;
}

export interface Asked {
  readonly trace: Trace;
  readonly metric: PlanMetric;
  readonly rps: number;
  readonly longest: number;
  /** Share of the conversions that is lost, for the oracles. */
  readonly lost?: number;
  /** Minutes in which the source does not answer. */
  readonly silent?: readonly [number, number];
}

/** Evaluates every minute while a stage is young, and later every tenth of its age. */
export function look({ trace, metric, rps, longest, lost = 0, silent = [0, 0] }: Asked, seed: number): Looked {
  const next = trace.minutes(seed, rps);
  const threshold = Math.log(1 / (ALPHA * alphaShareOf([metric], metric)));
  const all: MetricMinute[] = [];
  const found = { worse: null, within: null, oracle: null, peer: null } as Record<
    'worse' | 'within' | 'oracle' | 'peer',
    number | null
  >;
  let [alone, beside, advancedBlind] = [0, 0, 0];
  for (let minute = 0; minute < longest && found.worse === null; minute++) {
    const one = { minute: minute * MINUTE, ...next(minute) };
    all.push(one);
    const age = minute + 1;
    if (lost > 0) {
      alone += aloneStep(one, lost);
      beside += besideStep(one, lost);
      if (alone >= WALD) found.oracle ??= age;
      if (beside >= threshold) found.peer ??= age;
    }
    if (age > 60 && age % Math.ceil(age / 10) !== 0) continue;
    const isSilent = minute >= silent[0] && minute < silent[1];
    const { verdict, gap } = opinionAt(metric, all, age, isSilent);
    if (verdict === 'worse') found.worse = age;
    if (verdict !== 'within margin' || gap !== null) continue;
    found.within ??= age;
    if (isSilent) advancedBlind++;
  }
  return { ...found, advancedBlind };
}

function opinionAt(metric: PlanMetric, minutes: readonly MetricMinute[], age: number, silent: boolean) {
  const seen: MetricEvidence = silent
    ? { name: metric.name, trouble: 'it did not answer within 5 s', minutes: [] }
    : { name: metric.name, trouble: null, minutes: [...minutes] };
  const stretch = {
    baseline: {},
    since: 0,
    now: (age + 1) * MINUTE,
    percent: 50,
    silentMinutes: 0,
    alpha: ALPHA,
    beta: BETA,
  };
  const [opinion] = opinionsOf([seen], { ...stretch, metrics: [metric] });
  if (opinion === undefined) throw new RangeError('no opinion');
  return opinion;
}

/** ln of the likelihood ratio between a candidate that loses that share and one that loses none. */
function aloneStep({ candidate }: MetricMinute, lost: number): number {
  if (candidate === null) return 0;
  const [p0, p1] = [CONVERSION, CONVERSION * (1 - lost)];
  return candidate.x * Math.log(p1 / p0) + (candidate.n - candidate.x) * Math.log((1 - p1) / (1 - p0));
}

function besideStep({ stable, candidate }: MetricMinute, lost: number): number {
  if (stable === null || candidate === null) return 0;
  const pair = { n0: stable.n, x0: stable.n - stable.x, n1: candidate.n, x1: candidate.n - candidate.x };
  return logRatio(pair, { p0: 1 - CONVERSION, p1: 1 - CONVERSION * (1 - lost) }, SAME);
}
