/**
 * Stable's look-back before a run: what preflight's baseline measures (lambdas/aws/cloudwatch/metrics.ts), and its
 * quietest hour.
 */
import { ceilingOf, type Period, rateNoiseOf, spikeOf } from '../../core/gate/bets/index.ts';
import { known } from '../../core/gate/counts.ts';
import { ordinarySilence } from '../../core/gate/freshness.ts';
import { PEAK_MINUTES, retaken } from '../../core/gate/historical-control.ts';
import type { UntargetedShare } from '../../core/gate/load-balancer.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { BaselineSummary } from '../../core/model/run-state.ts';
import { silence } from '../../core/phases/baseline.ts';
import { generator } from '../../test/support/random.ts';
import { HANG_UPS } from './traces.ts';
import { type Cell, failures, mix } from './world.ts';

const MIN_WINDOW_REQUESTS = 100;
const HOURS_OF_A_DAY = 24;

export interface DayBefore {
  readonly baseline: BaselineSummary;
  /** One entry per minute. */
  readonly minutes: { readonly errors: readonly Period[]; readonly slow: readonly Period[] };
  readonly assumptions: Pick<BaselineSummary, 'errorRate' | 'errorNoise' | 'slowNoise'> & {
    readonly rps: number;
    readonly slowRate: number;
    /** Number of consecutive whole hours without any request. */
    readonly silentHours: number;
  };
}

export function dayBefore({ trace, rps }: Cell, seed: number): DayBefore {
  const random = generator(mix(seed, 0x27d4eb2f));
  const weather = (trace.yesterday ?? trace.weather)(random, rps);
  const own = trace.own?.(generator(mix(seed, 0x165667b1)));
  const ownSlow = trace.ownSlow?.(generator(mix(seed, 0x510e527f)));
  const hours = new Array<number>(HOURS_OF_A_DAY * (trace.lookBackDays ?? 1)).fill(0);
  const minutes: { readonly errors: Period[]; readonly slow: Period[] } = { errors: [], slow: [] };
  const [balancer, untold]: [number[], Period[]] = [[], []];
  for (let minute = 0; minute < 60 * hours.length; minute++) {
    const now = weather(minute);
    const n = now.requests;
    const errorRate = now.errorRate * (own?.(minute).stable ?? 1) + (trace.incident?.(minute) ?? 0);
    const seen = (rate: number) => (n === 0 ? 0 : failures(random, n, rate, trace.cluster ?? 1));
    hours[Math.floor(minute / 60)] = (hours[Math.floor(minute / 60)] ?? 0) + n;
    minutes.errors.push({ n, x: seen(errorRate) });
    minutes.slow.push({ n, x: seen(now.slowRate * (ownSlow?.(minute).stable ?? 1)) });
    untold.push({ n, x: Math.round(n * (trace.hangUpsIn?.(minute) ?? trace.hangUps ?? HANG_UPS)) });
    balancer.push(trace.balancerBefore?.(minute) ?? 0);
  }
  const baseline = summaryOf(minutes, balancer, hours, ceilingOf(untold));
  const { errorRate, errorNoise, slowNoise } = baseline;
  const assumptions = {
    // An hour without requests gives no rate (core/phases/baseline.ts).
    rps: Math.min(...hours.filter((n) => n > 0)) / 3_600,
    errorRate,
    slowRate: baseline.slowRate ?? 0,
    errorNoise,
    slowNoise,
    silentHours: silence(baseline)?.hours ?? 0,
  };
  return { baseline, minutes, assumptions };
}

/**
 * The baseline is measured again before the last customers leave stable: the part of the day before that is still
 * within the look-back, and the run.
 */
export function upToTheMove(
  { minutes, baseline }: DayBefore,
  run: readonly MinuteEvidence[],
  untargeted: UntargetedShare,
): BaselineSummary {
  const own = {
    errors: run.map(({ stable }) => ({ n: stable?.requests ?? 0, x: known(stable?.target5xx) })),
    slow: run.map(({ stable }) => ({ n: stable?.requests ?? 0, x: stable?.slow ?? 0 })),
  };
  const joined = (of: 'errors' | 'slow') => [...minutes[of], ...own[of]].slice(own[of].length);
  return retaken(
    baseline,
    ratesOf({ errors: joined('errors'), slow: joined('slow') }, baseline.untoldCeiling),
    untargeted,
  );
}

function ratesOf({ errors, slow }: DayBefore['minutes'], untoldCeiling: number | null) {
  return {
    untoldCeiling,
    errorRate: rateOf(errors),
    slowRate: rateOf(slow),
    peakErrorRate: peakOf(windowsOf(errors)),
    peakSlowRate: peakOf(windowsOf(slow)),
    errorCeiling: ceilingOf(errors),
    slowCeiling: ceilingOf(slow),
  };
}

function summaryOf(
  minutes: DayBefore['minutes'],
  balancer: readonly number[],
  hours: readonly number[],
  untoldCeiling: number | null,
): BaselineSummary {
  const requests = minutes.errors.reduce((sum, { n }) => sum + n, 0);
  const rates = [...balancer].sort((a, b) => a - b);
  return {
    ...ratesOf(minutes, untoldCeiling),
    requests,
    errorSpike: spikeOf(minutes.errors),
    recentErrorRate: null,
    errorBurst: null,
    slowBurst: null,
    errorNoise: rateNoiseOf(windowsOf(minutes.errors), PEAK_MINUTES, minutes.errors),
    slowNoise: rateNoiseOf(windowsOf(minutes.slow), PEAK_MINUTES, minutes.slow),
    elb5xxRate: rates[Math.floor(rates.length / 2)] ?? 0,
    rpsByHour: hours.slice(0, HOURS_OF_A_DAY).map((n) => n / 3_600),
    silentMinutes: ordinarySilence(
      minutes.errors.map(({ n }) => n),
      1,
    ),
    p50: 0,
    p95: 0,
    p99: 0,
    rps: requests / (minutes.errors.length * 60),
    cpuPercent: null,
    memoryPercent: null,
  };
}

/** Windows of {@link PEAK_MINUTES}. */
function windowsOf(minutes: readonly Period[]): Period[] {
  return Array.from({ length: Math.floor(minutes.length / PEAK_MINUTES) }, (_, i) =>
    minutes
      .slice(i * PEAK_MINUTES, (i + 1) * PEAK_MINUTES)
      .reduce((sum, m) => ({ n: sum.n + m.n, x: sum.x + m.x }), { n: 0, x: 0 }),
  );
}

function rateOf(periods: readonly Period[]): number {
  const [n, x] = periods.reduce(([a, b], p) => [a + p.n, b + p.x], [0, 0]);
  return n === 0 ? 0 : x / n;
}

function peakOf(periods: readonly Period[]): number {
  return Math.max(0, ...periods.filter(({ n }) => n >= MIN_WINDOW_REQUESTS).map(({ n, x }) => x / n));
}
