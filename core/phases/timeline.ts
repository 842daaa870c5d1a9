/** What a plan will take: a timeline, history events, and the evidence that each stage needs. */

import { type BaseRates, falseAlarmBound, gatePolicyOf, requestsNeeded, requestsNeededAlone } from '../gate/index.ts';
import { gatePlan, type MetricNeed, needOf, sidelessProblems } from '../metrics/index.ts';
import { alphaShareOf, type MetricBaseline, type Plan, type PlanProblem, spokenDuration } from '../model/index.ts';
import { mostLooks } from './look-interval.ts';
import { roughly } from './wording.ts';

/**
 * Step Functions ends an execution at 25,000 events
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
 */
export const HISTORY_LIMIT = 25_000;
const DAY_SECONDS = 86_400;
/** The rest is reserved for retries and the rollback. */
export const HISTORY_BUDGET = 20_000;
/** One evaluation: Wait entered/exited, Task entered/scheduled/started/succeeded/exited, Choice entered/exited. */
export const EVENTS_PER_OBSERVATION = 9;
const EVENTS_PER_TASK = 5;
/** Tasks outside the loops: preflight to completion, and a rollback with its verification. */
const FIXED_TASKS = 16;

export interface TimelineRow {
  readonly name: string;
  /** Seconds from the start until the phase begins, if every gate passes at the end of its bake. */
  readonly startsAt: number;
  readonly seconds: number;
  /** For how many seconds it may be held beyond that. */
  readonly maxHold: number;
  readonly candidatePercent: number;
  /** The most evaluations, including those while it is held. */
  readonly observations: number;
  /** The number of candidate requests that its gate needs; null if nothing is compared. */
  readonly requestsNeeded: number | null;
  /** Seconds until they have arrived, at the assumed request rate. */
  readonly evidenceSeconds: number | null;
  /** What the plan's own metrics need before the stage advances, without those that are not required or unknown. */
  readonly metrics: readonly MetricNeed[];
}

export interface Projection {
  readonly rows: readonly TimelineRow[];
  readonly totalSeconds: number;
  /**
   * Days from start to end, rounded up, if every phase is held for its maximum. Shadow logs must be kept for as long.
   */
  readonly longestDays: number;
  readonly historyEvents: number;
  /** The largest share of healthy candidates that the error alarm alone rolls back. */
  readonly falseAlarms: number;
  /** The plan's own metrics: how much of α each may use, and whether the necessary evidence is known. */
  readonly ownMetrics: readonly { readonly name: string; readonly alphaShare: number; readonly isSized: boolean }[];
  /** Reasons why the plan must not be started; empty if it may. */
  readonly problems: readonly PlanProblem[];
}

export interface Assumptions extends BaseRates {
  /** Requests per second at the ingress. */
  readonly rps: number;
  /**
   * The plan's own metrics on an ordinary day, if the baseline has measured them; otherwise the plan's figures are
   * used.
   */
  readonly metrics?: Readonly<Record<string, MetricBaseline>> | undefined;
}

/** For everything that does not depend on traffic: the history and the duration of a plan. */
export const ANY_TRAFFIC: Assumptions = { rps: Number.POSITIVE_INFINITY, errorRate: 0, slowRate: null };

/** Projects `plan` at a request rate. Pure; used both by `crossfade plan` and by preflight. */
export function project(plan: Plan, assumptions: Assumptions): Projection {
  const rows = chain([
    observed('shadow', plan.shadow.duration, plan.shadow.maxHold, plan.shadow.observe, 0),
    observed('exercise', plan.shadow.exercise, plan.shadow.maxHold, plan.shadow.observe, 0),
    still('shadow sign-off', plan.signoff.timeout, 0),
    ...(plan.cohort === undefined
      ? []
      : [observed('cohort', plan.cohort.bake, plan.cohort.maxHold, plan.gate.observe, 0)]),
    ...plan.stages.map((stage) => stageRow(plan, stage, assumptions)),
    observed('soak', plan.soak.duration, plan.soak.maxHold, plan.soak.observe, 100),
    still('final sign-off', plan.signoff.timeout, 100),
    still('decommission', plan.decommission.drain + 4 * plan.decommission.step, 100, 5),
    still('retention', plan.retention, 100),
  ]);
  const historyEvents = rows.reduce(
    (sum, row) => sum + row.observations * EVENTS_PER_OBSERVATION,
    FIXED_TASKS * EVENTS_PER_TASK,
  );
  const falseAlarms = falseAlarmsOf(plan, assumptions);
  const last = rows.at(-1);
  return {
    rows,
    totalSeconds: last === undefined ? 0 : last.startsAt + last.seconds,
    longestDays: Math.ceil(rows.reduce((sum, row) => sum + row.seconds + row.maxHold, 0) / DAY_SECONDS),
    historyEvents,
    falseAlarms,
    ownMetrics: plan.metrics.map((metric) => ({
      name: metric.name,
      alphaShare: alphaShareOf(plan.metrics, metric),
      isSized:
        metric.kind !== 'count' || (assumptions.metrics?.[metric.name]?.usual ?? metric.usualShare) !== undefined,
    })),
    problems: [
      ...historyProblems(historyEvents, rows),
      ...decidability(plan, rows, assumptions),
      ...sidelessProblems(plan.metrics),
      ...metricDecidability(plan, rows, assumptions),
      ...falseAlarmProblems(plan, falseAlarms, assumptions),
    ],
  };
}

/** The alarms may use up this share of the gate's α. */
const ALARM_SHARE_OF_ALPHA = 0.1;

/** The deviations that a wandering rate reaches about once in 10,000 windows, like the ceiling of a look-back. */
const REACHED = 3.7;

/** The stages at their longest. Without a finite request rate there is nothing to compute. */
function falseAlarmsOf({ stages, gate }: Plan, { rps, errorRate, errorNoise }: Assumptions): number {
  if (!Number.isFinite(rps)) return 0;
  const exposures = stages.map(({ percent, bake, maxHold }) => ({
    candidatePerMinute: (rps * 60 * percent) / 100,
    stablePerMinute: rps * 60 * (1 - percent / 100),
    minutes: (bake + maxHold) / 60,
  }));
  const reached = Math.min(1, errorRate * Math.exp(REACHED * (errorNoise ?? 0)));
  return falseAlarmBound(exposures, reached, gate.maxErrorRate * 100, gate.errorBurst);
}

function falseAlarmProblems({ gate }: Plan, share: number, { rps, errorRate }: Assumptions): PlanProblem[] {
  if (share <= gate.alpha * ALARM_SHARE_OF_ALPHA) return [];
  return [
    {
      path: 'gate.maxErrorRate',
      message: `at ${rps} rps and an error rate of ${errorRate * 100} % the error alarm may roll back up to ${(share * 100).toPrecision(2)} % of healthy candidates; raise this limit`,
    },
  ];
}

type Unplaced = Omit<TimelineRow, 'startsAt'>;

function chain(rows: readonly Unplaced[]): TimelineRow[] {
  let at = 0;
  return rows.map((row) => {
    const placed = { ...row, startsAt: at };
    at += row.seconds;
    return placed;
  });
}

function observed(
  name: string,
  seconds: number,
  maxHold: number,
  interval: number,
  candidatePercent: number,
): Unplaced {
  return {
    name,
    seconds,
    maxHold,
    candidatePercent,
    observations: mostLooks(interval, seconds, maxHold),
    requestsNeeded: null,
    evidenceSeconds: null,
    metrics: [],
  };
}

/** A phase that nothing holds, and in which `observations` looks are taken. */
function still(name: string, seconds: number, candidatePercent: number, observations = 0): Unplaced {
  return { ...observed(name, seconds, 0, seconds, candidatePercent), observations };
}

function stageRow(plan: Plan, stage: Plan['stages'][number], assumptions: Assumptions): Unplaced {
  const share = stage.percent / 100;
  const policy = gatePolicyOf(gatePlan(plan), null, plan.stages.indexOf(stage));
  const traffic = { rps: assumptions.rps, share, beta: plan.gate.beta, measured: assumptions.metrics };
  const needed =
    share < 1
      ? requestsNeeded(policy, assumptions, share, assumptions.rps * 60)
      : requestsNeededAlone(policy, assumptions);
  return {
    ...observed(`stage ${stage.percent} %`, stage.bake, stage.maxHold, plan.gate.observe, stage.percent),
    requestsNeeded: needed,
    evidenceSeconds: plan.gate.warmUp + plan.gate.settleAfter + Math.ceil(needed / (assumptions.rps * share)),
    metrics: plan.metrics.flatMap((metric) => needOf(metric, traffic) ?? []),
  };
}

/** Attributes the problem to the phase with the most evaluations. */
function historyProblems(events: number, rows: readonly TimelineRow[]): PlanProblem[] {
  if (events <= HISTORY_BUDGET) return [];
  const busiest = rows.reduce((most, row) => (row.observations > most.observations ? row : most));
  return [
    {
      path:
        busiest.name === 'soak' ? 'soak.observe' : busiest.name.startsWith('stage') ? 'gate.observe' : 'shadow.observe',
      message: `the plan may need ${events} history events; ${HISTORY_BUDGET} is the budget that stays within the Step Functions history limit; evaluate less often or shorten the holds`,
    },
  ];
}

function decidability(plan: Plan, rows: readonly TimelineRow[], { rps }: Assumptions): PlanProblem[] {
  return plan.stages.flatMap((stage, i) => {
    const row = rows.find((r) => r.name === `stage ${stage.percent} %`);
    if (row?.evidenceSeconds == null || row.evidenceSeconds <= stage.bake + stage.maxHold) return [];
    return [
      {
        path: `stages.${i}.maxHold`,
        message: Number.isFinite(row.evidenceSeconds)
          ? `at ${rps} rps this stage needs ${spokenDuration(row.evidenceSeconds)} to collect ${row.requestsNeeded} requests, but it ends undecided after ${spokenDuration(stage.bake + stage.maxHold)}; lengthen its maxHold, leave it out, or widen gate.errorMargin and gate.slowMargin`
          : 'no traffic shows a difference as small as gate.errorMargin or gate.slowMargin beside these rates, so this stage would end undecided; widen the margin',
      },
    ];
  });
}

/** A metric that a stage must show, but cannot, would hold the stage to its end, so it is reported beforehand. */
function metricDecidability(plan: Plan, rows: readonly TimelineRow[], { rps }: Assumptions): PlanProblem[] {
  return plan.stages.flatMap((stage) => {
    const row = rows.find((r) => r.name === `stage ${stage.percent} %`);
    const late = (row?.metrics ?? []).filter(({ seconds }) => seconds > stage.bake + stage.maxHold);
    return late.map(({ name, seconds, denominators }) => ({
      path: `metrics.${plan.metrics.findIndex((m) => m.name === name)}.requiredFrom`,
      message: `at ${rps} rps the ${stage.percent} % stage needs ${roughly(seconds)} to show ${name} within its margin${denominators === null ? '' : ` (${denominators} of the candidate's denominators)`}, but it ends undecided after ${roughly(stage.bake + stage.maxHold)}; ask for it from a later stage on, widen the margin, or lengthen the stage`,
    }));
  });
}
