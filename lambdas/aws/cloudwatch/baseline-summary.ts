/** Summarises stable before the cutover from the series of the metric store. */
import {
  burstSize,
  ceilingOf,
  ordinarySilence,
  PEAK_MINUTES,
  type Period,
  rateNoiseOf,
  spikeOf,
} from '../../../core/gate/index.ts';
import type { BaselineSummary, TimeRange } from '../../../core/model/index.ts';
import { answeredByBalancer, answersAreTold, figuresAt, withoutAnswer } from './answers.ts';
import { isCounted, type MetricSeries, sum } from './metric-series.ts';

/** A window with fewer requests says nothing about the worst case. */
const MIN_WINDOW_REQUESTS = 100;

/** Bursts and noise are measured over windows with enough activity, but in a short look-back over all that exist. */
const NOISE_SECONDS = 300;
const SHORT_MS = 3 * 3_600_000;

/** The period that a baseline considers recent. */
const RECENT_SECONDS = 15 * 60;

/** Returns null without requests. @param period of the series, in seconds */
export function baselineSummary(
  values: MetricSeries,
  period: number,
  { from, to }: TimeRange,
): Omit<BaselineSummary, 'metrics'> | null {
  const total = (id: string) => sum(values.get(id));
  const requests = total('requests');
  if (requests === 0) return null;
  const weighted = (id: string) => weightedMean(values.get(id), values.get('requests'));
  const failuresOf = failuresAt(values);
  const slowOf = isCounted(values, 'slow', 'p99') ? (at: number) => values.get('slow')?.get(at) ?? 0 : null;
  const failing = windows(values, failuresOf, period);
  const slow = slowOf === null ? null : windows(values, slowOf, period);
  const noisy = to - from <= SHORT_MS ? period : Math.max(period, NOISE_SECONDS);
  const [failingNoise, slowNoise] = [windows(values, failuresOf, noisy), slowOf && windows(values, slowOf, noisy)];
  const failures = failing.reduce((sum, { x }) => sum + x, 0);
  const mean = (id: string) => (values.get(id)?.size ? sum(values.get(id)) / (values.get(id)?.size ?? 1) : null);
  return {
    requests,
    errorRate: Math.min(1, failures / requests),
    recentErrorRate: recentErrorRate(values, failuresOf, period, to),
    slowRate: slow === null ? null : Math.min(1, total('slow') / requests),
    errorBurst: burstSize(failingNoise),
    slowBurst: slowNoise === null ? null : burstSize(slowNoise),
    errorNoise: rateNoiseOf(failingNoise, noisy / 60, failing),
    slowNoise: slowNoise === null || slow === null ? null : rateNoiseOf(slowNoise, noisy / 60, slow),
    elb5xxRate: ordinaryBalancerRate(values),
    errorCeiling: ceilingOf(failing),
    errorSpike: spikeOf(failing),
    slowCeiling: slow === null ? null : ceilingOf(slow),
    untoldCeiling: untoldCeiling(values, noisy),
    peakErrorRate: peak(values, failuresOf, period),
    peakSlowRate: slowOf === null ? null : peak(values, slowOf, period),
    rpsByHour: rpsByHour(values.get('requests'), period, { from, to }),
    silentMinutes: ordinarySilence(requestsOf(values.get('requests'), period, { from, to }), period / 60),
    p50: weighted('p50') * 1000,
    p95: weighted('p95') * 1000,
    p99: weighted('p99') * 1000,
    rps: requests / ((to - from) / 1000),
    cpuPercent: mean('cpu'),
    memoryPercent: mean('memory'),
  };
}

/**
 * The windows with requests, in chronological order.
 * @param seconds length of each, at least the period of the series
 */
function windows(series: MetricSeries, failures: (at: number) => number, seconds: number): Period[] {
  const found = new Map<number, { n: number; x: number }>();
  for (const [at, requests] of series.get('requests') ?? []) {
    const start = Math.floor(at / (seconds * 1000));
    const window = found.get(start) ?? { n: 0, x: 0 };
    found.set(start, { n: window.n + requests, x: window.x + failures(at) });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, window]) => window);
}

/**
 * Failures of stable in a period: its own 5xx, and those of the load balancer, which already include refused
 * connections. Stable's unanswered requests show which of these are its own; if answers are not counted, all of them
 * are.
 */
function failuresAt(series: MetricSeries): (at: number) => number {
  const isTold = answersAreTold(series);
  return (at) => {
    const value = figuresAt(series, at);
    const elb5xx = isTold ? answeredByBalancer(value, value('elb5xx')) : value('elb5xx');
    return value('target5xx') + Math.max(value('connectionErrors'), elb5xx);
  };
}

/**
 * Returns null if answers are not counted. Requests left open in one period may be answered in the next, so windows are
 * long.
 * @param seconds length of each
 */
function untoldCeiling(series: MetricSeries, seconds: number): number | null {
  if (!answersAreTold(series)) return null;
  const untold = (at: number) => {
    const value = figuresAt(series, at);
    return withoutAnswer(value) - answeredByBalancer(value, value('elb5xx'));
  };
  return ceilingOf(windows(series, untold, seconds).map(({ n, x }) => ({ n, x: Math.max(0, x) })));
}

/** The rate of the median period, so that yesterday's incident does not count as ordinary. */
function ordinaryBalancerRate(series: MetricSeries): number {
  const rates = [...(series.get('requests') ?? [])]
    .filter(([, n]) => n > 0)
    .map(([at, n]) => (series.get('elb5xx')?.get(at) ?? 0) / n)
    .sort((a, b) => a - b);
  return Math.min(1, rates[Math.floor((rates.length - 1) / 2)] ?? 0);
}

/** The highest rate of any {@link PEAK_MINUTES}, or of any period if those are longer. */
function peak(series: MetricSeries, failures: (at: number) => number, period: number): number {
  const known = windows(series, failures, Math.max(PEAK_MINUTES * 60, period)).filter(
    ({ n }) => n >= MIN_WINDOW_REQUESTS,
  );
  return Math.min(1, Math.max(0, ...known.map(({ n, x }) => x / n)));
}

/**
 * Null where there are too few requests to tell. Where all connections are refused there are failures and no request at
 * all.
 */
function recentErrorRate(
  series: MetricSeries,
  failures: (at: number) => number,
  period: number,
  to: number,
): number | null {
  const from = to - Math.max(RECENT_SECONDS, period) * 1000;
  const periods = new Set(['requests', 'connectionErrors'].flatMap((id) => [...(series.get(id)?.keys() ?? [])]));
  const recent = [...periods].filter((at) => at >= from);
  const requests = recent.reduce((sum, at) => sum + figuresAt(series, at)('requests'), 0);
  if (requests < MIN_WINDOW_REQUESTS) return null;
  return Math.min(1, recent.reduce((sum, at) => sum + failures(at), 0) / requests);
}

/** For each hour of the day (UTC), the mean over those parts of the look-back that cover complete periods. */
function rpsByHour(
  points: ReadonlyMap<number, number> | undefined,
  period: number,
  { from, to }: TimeRange,
): (number | null)[] {
  const hours = Array.from({ length: 24 }, () => ({ requests: 0, seconds: 0 }));
  for (const at of periodsWithin(period, { from, to })) {
    const hour = hours[new Date(at).getUTCHours()];
    if (hour === undefined) continue;
    hour.requests += points?.get(at) ?? 0;
    hour.seconds += period;
  }
  return hours.map(({ requests, seconds }) => (seconds === 0 ? null : requests / seconds));
}

/** The requests of each complete period of the look-back; 0 without a point. */
function requestsOf(points: ReadonlyMap<number, number> | undefined, period: number, range: TimeRange): number[] {
  return periodsWithin(period, range).map((at) => points?.get(at) ?? 0);
}

/** When each of the periods begins. */
function periodsWithin(period: number, { from, to }: TimeRange): number[] {
  const length = period * 1000;
  const start = Math.ceil(from / length) * length;
  return Array.from({ length: Math.max(0, Math.floor((to - start) / length)) }, (_, i) => start + i * length);
}

/**
 * Percentiles cannot be averaged. Weighting each period by its requests is the usual approximation over a look-back.
 */
function weightedMean(
  values: ReadonlyMap<number, number> | undefined,
  weights: ReadonlyMap<number, number> | undefined,
): number {
  let [total, weight] = [0, 0];
  for (const [at, value] of values ?? []) {
    const w = weights?.get(at) ?? 0;
    total += value * w;
    weight += w;
  }
  return weight === 0 ? 0 : total / weight;
}
