/** The stable side's time before a run: what preflight's baseline measures (lambdas/aws/cloudwatch/metrics.ts), and its quietest hour. */
import { ceilingOf, type Period, rateNoiseOf } from '../../core/gate/bets/index.ts';
import { known } from '../../core/gate/counts.ts';
import { PEAK_MINUTES } from '../../core/gate/historical-control.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { BaselineSummary } from '../../core/model/run-state.ts';
import { generator } from '../../test/support/random.ts';
import { type Cell, failures, mix } from './world.ts';

const MIN_WINDOW_REQUESTS = 100;
const HOURS_OF_A_DAY = 24;

export interface DayBefore {
  readonly baseline: BaselineSummary;
  readonly periods: { readonly errors: readonly Period[]; readonly slow: readonly Period[] };
  readonly assumptions: Pick<BaselineSummary, 'errorRate' | 'errorNoise' | 'slowNoise'> & {
    readonly rps: number;
    readonly slowRate: number;
  };
}

export function dayBefore({ trace, rps }: Cell, seed: number): DayBefore {
  const random = generator(mix(seed, 0x27d4eb2f));
  const weather = (trace.yesterday ?? trace.weather)(random, rps);
  const own = trace.own?.(generator(mix(seed, 0x165667b1)));
  const hours = new Array<number>(HOURS_OF_A_DAY * (trace.lookBackDays ?? 1)).fill(0);
  const periods: { readonly errors: Period[]; readonly slow: Period[] } = { errors: [], slow: [] };
  const balancer: number[] = [];
  for (let from = 0; from < 60 * hours.length; from += PEAK_MINUTES) {
    const window = { requests: 0, errors: 0, slow: 0, balancer: 0 };
    for (let minute = from; minute < from + PEAK_MINUTES; minute++) {
      const now = weather(minute);
      window.requests += now.requests;
      window.errors += now.requests * (now.errorRate * (own?.(minute).stable ?? 1) + (trace.incident?.(minute) ?? 0));
      window.slow += now.requests * now.slowRate;
      window.balancer += trace.balancerBefore?.(minute) ?? 0;
    }
    const seen = (expected: number) =>
      window.requests === 0 ? 0 : failures(random, window.requests, expected / window.requests, trace.cluster ?? 1);
    hours[Math.floor(from / 60)] = (hours[Math.floor(from / 60)] ?? 0) + window.requests;
    periods.errors.push({ n: window.requests, x: seen(window.errors) });
    periods.slow.push({ n: window.requests, x: seen(window.slow) });
    balancer.push(window.balancer / PEAK_MINUTES);
  }
  const baseline = summaryOf(periods, balancer);
  const { errorRate, errorNoise, slowNoise } = baseline;
  const assumptions = {
    rps: Math.min(...hours) / 3_600,
    errorRate,
    slowRate: baseline.slowRate ?? 0,
    errorNoise,
    slowNoise,
  };
  return { baseline, periods, assumptions };
}

/** Taken again before the last customers leave the stable side: as much of the day before as the run has left in the look-back, and the run. */
export function upToTheMove({ periods, baseline }: DayBefore, run: readonly MinuteEvidence[]): BaselineSummary {
  const own: { readonly errors: Period[]; readonly slow: Period[] } = { errors: [], slow: [] };
  for (let from = 0; from + PEAK_MINUTES <= run.length; from += PEAK_MINUTES) {
    const sum = { n: 0, errors: 0, slow: 0 };
    for (const { stable } of run.slice(from, from + PEAK_MINUTES)) {
      sum.n += stable?.requests ?? 0;
      sum.errors += known(stable?.target5xx);
      sum.slow += stable?.slow ?? 0;
    }
    own.errors.push({ n: sum.n, x: sum.errors });
    own.slow.push({ n: sum.n, x: sum.slow });
  }
  const joined = (of: 'errors' | 'slow') => [...periods[of], ...own[of]].slice(own[of].length);
  return { ...baseline, ...ratesOf({ errors: joined('errors'), slow: joined('slow') }) };
}

function ratesOf({ errors, slow }: DayBefore['periods']) {
  return {
    errorRate: rateOf(errors),
    slowRate: rateOf(slow),
    peakErrorRate: peakOf(errors),
    peakSlowRate: peakOf(slow),
    errorCeiling: ceilingOf(errors),
    slowCeiling: ceilingOf(slow),
  };
}

function summaryOf(periods: DayBefore['periods'], balancer: readonly number[]): BaselineSummary {
  const requests = periods.errors.reduce((sum, { n }) => sum + n, 0);
  const rates = [...balancer].sort((a, b) => a - b);
  return {
    ...ratesOf(periods),
    requests,
    recentErrorRate: null,
    errorBurst: null,
    slowBurst: null,
    errorNoise: rateNoiseOf(periods.errors, PEAK_MINUTES),
    slowNoise: rateNoiseOf(periods.slow, PEAK_MINUTES),
    elb5xxRate: rates[Math.floor(rates.length / 2)] ?? 0,
    rpsByHour: Array(HOURS_OF_A_DAY).fill(null),
    p50: 0,
    p95: 0,
    p99: 0,
    rps: requests / (periods.errors.length * PEAK_MINUTES * 60),
    cpuPercent: null,
    memoryPercent: null,
  };
}

function rateOf(periods: readonly Period[]): number {
  const [n, x] = periods.reduce(([a, b], p) => [a + p.n, b + p.x], [0, 0]);
  return n === 0 ? 0 : x / n;
}

function peakOf(periods: readonly Period[]): number {
  return Math.max(0, ...periods.filter(({ n }) => n >= MIN_WINDOW_REQUESTS).map(({ n, x }) => x / n));
}
