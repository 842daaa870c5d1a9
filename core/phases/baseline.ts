/**
 * The baseline's checks before the first customer is moved: whether stable is healthy, and how long each stage will
 * take.
 */
import { ALARM_ALONE_FACTOR } from '../gate/index.ts';
import type { BaselineSummary, MetricBaseline, Plan } from '../model/index.ts';
import { project } from './timeline.ts';
import { roughly } from './wording.ts';

/** Reasons to refuse the cutover, each naming the field of the plan; empty if it may continue. */
export function baselineRefusals({ baseline: wanted }: Plan, found: BaselineSummary | null): string[] {
  const requests = found?.requests ?? 0;
  if (found === null || requests < wanted.minRequests)
    return [
      `baseline.minRequests: stable answered ${requests} requests in the look-back; at least ${wanted.minRequests} are required`,
    ];
  const limit = `the limit is ${percent(wanted.maxErrorRate)}`;
  if (found.errorRate > wanted.maxErrorRate)
    return [`baseline.maxErrorRate: stable itself fails ${percent(found.errorRate)} of its requests; ${limit}`];
  // The mean of a day hides an incident that began a quarter of an hour ago.
  if (found.recentErrorRate !== null && found.recentErrorRate > wanted.maxErrorRate)
    return [
      `baseline.maxErrorRate: stable is failing now: ${percent(found.recentErrorRate)} of its most recent requests; ${limit}`,
    ];
  return [];
}

/** Reasons to refuse because of the plan's own metrics: a metric without data on stable cannot be compared. */
export function unmeasured({ metrics }: Plan, found: Readonly<Record<string, MetricBaseline | string>>): string[] {
  return metrics.flatMap(({ name }, i) => {
    const one = found[name];
    return typeof one === 'string' ? [`metrics.${i} (${name}): ${one}`] : [];
  });
}

export interface StageTime {
  readonly percent: number;
  /** The plan's own metrics that probably cannot be shown to be within their margin before {@link limit}. */
  readonly lateMetrics: readonly string[];
  /** The number of candidate requests that the gate probably needs (core/gate/sample-size.ts). */
  readonly requests: number;
  /** Seconds until they have arrived at the mean rate of the look-back; at least the plan's own bake. */
  readonly seconds: number;
  /** The same for the quietest hour of the look-back; null if no hour is known. */
  readonly quietSeconds: number | null;
  /** Seconds after which the plan ends the stage if it is undecided. */
  readonly limit: number;
}

/** The planner's estimate for each stage, at the measured rates. */
export function stageTimes(plan: Plan, found: BaselineSummary): StageTime[] {
  const at = (rps: number) => project(plan, { ...found, rps }).rows.filter((row) => row.requestsNeeded !== null);
  const quiet = quietest(found);
  const slow = quiet === null ? [] : at(quiet.rps);
  return at(found.rps).map((row, i) => ({
    percent: row.candidatePercent,
    requests: row.requestsNeeded ?? 0,
    seconds: Math.max(row.seconds, row.evidenceSeconds ?? 0),
    quietSeconds: slow[i] === undefined ? null : Math.max(row.seconds, slow[i].evidenceSeconds ?? 0),
    limit: row.seconds + row.maxHold,
    lateMetrics: row.metrics.filter(({ seconds }) => seconds > row.seconds + row.maxHold).map(({ name }) => name),
  }));
}

/** For the log and the status message: the figures, and their consequences for the plan. */
export function describeBaseline(plan: Plan, found: BaselineSummary): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const usage = [
    ...(found.cpuPercent === null ? [] : [`CPU ${found.cpuPercent.toFixed(0)} %`]),
    ...(found.memoryPercent === null ? [] : [`memory ${found.memoryPercent.toFixed(0)} %`]),
  ];
  const figures = [
    `${found.rps.toFixed(1)} rps`,
    `errors ${percent(found.errorRate)}`,
    `p50 ${ms(found.p50)}`,
    `p95 ${ms(found.p95)}`,
    `p99 ${ms(found.p99)}`,
    ...usage,
  ];
  const times = stageTimes(plan, found);
  const late = times.filter((t) => t.seconds > t.limit);
  const quiet = quietest(found);
  const silent = silence(found);
  const brief = silent === null ? [] : plan.stages.filter(({ maxHold }) => maxHold <= silent.hours * 3_600);
  const slow = times.filter((t) => t.quietSeconds !== null && t.quietSeconds > Math.max(t.seconds, t.limit));
  const sentences = [
    `Stable: ${figures.join(', ')}.`,
    ...bursts('errorBurst', 'failures', plan.gate.errorBurst, found.errorBurst),
    ...bursts('slowBurst', 'slow requests', plan.gate.slowBurst, found.slowBurst),
    ...fires(plan.gate.maxErrorRate, found.peakErrorRate),
    `Expected time of each stage: ${times.map((t) => `${t.percent} % ${roughly(t.seconds)}`).join(', ')}.`,
    ...late.map(
      (t) =>
        `The ${t.percent} % stage is unlikely to reach a decision: it needs ${t.requests} requests within ${roughly(t.limit)}.`,
    ),
    ...times.flatMap(({ percent, lateMetrics, limit }) =>
      lateMetrics.map(
        (name) => `The ${percent} % stage is unlikely to reach a decision on metric ${name} within ${roughly(limit)}.`,
      ),
    ),
    ...(quiet === null || slow.length === 0
      ? []
      : [
          `In the quietest hour (${hourOf(quiet.hour)} h UTC, ${quiet.rps.toFixed(1)} rps) ${slow.map((t) => `${t.percent} % would take ${roughly(t.quietSeconds ?? 0)}`).join(', ')}, longer than the plan allows.`,
        ]),
    ...(silent === null || brief.length === 0
      ? []
      : [
          `No requests arrived from ${hourOf(silent.from)} to ${hourOf(silent.from + silent.hours)} h UTC: a stage of ${brief.map(({ percent }) => `${percent} %`).join(', ')} that runs into these hours lacks evidence and ends undecided. Start early enough, or set its maxHold above ${silent.hours + 1} h.`,
        ]),
  ];
  return sentences.join(' ');
}

/** A difference of one half is within the error of such an estimate. */
function bursts(field: string, what: string, planned: number, found: number | null): string[] {
  if (found === null || found < 1.5 * planned) return [];
  return [
    `Its ${what} come in bursts of about ${found.toFixed(1)}, but the plan assumes ${planned === 1 ? 'independent ones' : `at most ${planned}`}: set gate.${field} to ${Math.ceil(found)} to keep false rollbacks within gate.alpha.`,
  ];
}

/**
 * An alarm uses the absolute limit, too. The alarm knows nothing about earlier minutes, and at 100 % has nothing to
 * compare with.
 */
function fires(limit: number, peak: number): string[] {
  const alone = ALARM_ALONE_FACTOR * limit;
  if (peak <= alone) return [];
  return [
    `In its worst five minutes ${percent(peak)} failed, above ${ALARM_ALONE_FACTOR} times gate.maxErrorRate (${percent(alone)}): at 100 %, where no stable side is left to compare with, such minutes roll a healthy candidate back. Set gate.maxErrorRate above ${percent(peak / ALARM_ALONE_FACTOR)} to keep false rollbacks within gate.alpha.`,
  ];
}

/**
 * The hour (UTC) with the fewest requests, among those in the look-back. An hour without requests does not show a rate.
 */
function quietest({ rpsByHour }: BaselineSummary): { readonly hour: number; readonly rps: number } | null {
  const known = rpsByHour.flatMap((rps, hour) => (rps === null || rps === 0 ? [] : [{ hour, rps }]));
  return known.length === 0 ? null : known.reduce((least, h) => (h.rps < least.rps ? h : least));
}

/**
 * The longest period of whole hours of the day (UTC) without requests, which may include midnight; null if there is
 * none, or nothing else.
 */
export function silence({ rpsByHour }: Pick<BaselineSummary, 'rpsByHour'>): {
  readonly from: number;
  readonly hours: number;
} | null {
  const isSilent = (hour: number) => rpsByHour[hour % rpsByHour.length] === 0;
  const stretches = rpsByHour.flatMap((_, from) => {
    if (!isSilent(from) || isSilent(from + rpsByHour.length - 1)) return [];
    const hours = rpsByHour.findIndex((_, i) => !isSilent(from + i));
    return hours === -1 ? [] : [{ from, hours }];
  });
  return stretches.reduce<(typeof stretches)[number] | null>(
    (longest, one) => (longest === null || one.hours > longest.hours ? one : longest),
    null,
  );
}

function hourOf(hour: number): string {
  return String(hour % 24).padStart(2, '0');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}
