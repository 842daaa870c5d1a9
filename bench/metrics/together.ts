/**
 * Everything that votes at the same time: the gate, its alarms and the load balancer's 5xx (the exposure benchmark's
 * product), and beside them the plan's own metrics: two conversions, two latency budgets, a queue and a guard. They
 * share one α, so healthy runs must not roll back more often than with the gate alone.
 */
import { gatePolicyOf } from '../../core/gate/plan-policy.ts';
import { gatePlan } from '../../core/metrics/alpha.ts';
import { opinionsOf } from '../../core/metrics/opinion.ts';
import { voteOf } from '../../core/metrics/vote.ts';
import type { MetricMinute, MinuteEvidence } from '../../core/model/evidence.ts';
import type { MetricBaseline } from '../../core/model/index.ts';
import { type Plan, parsePlan } from '../../core/model/plan.ts';
import { baselineOf } from '../../lambdas/providers/baseline.ts';
import type { Side } from '../../sides/index.ts';
import { binomial, generator, normal } from '../../test/support/random.ts';
import { cells } from '../exposure/cells.ts';
import { dayBefore } from '../exposure/day-before.ts';
import type { GateMaker } from '../exposure/gates.ts';
import { planFor } from '../exposure/plans.ts';
import { rampOf } from '../exposure/policies.ts';
import { ours } from '../exposure/product.ts';
import { simulate } from '../exposure/simulate.ts';
import { mix, type World, world } from '../exposure/world.ts';

const MINUTE = 60_000;
const FIRST_SEED = 3_000_000;
const READ = { source: 'cloudwatch', namespace: 'Shop', metric: 'Watched' } as const;
/**
 * While a side has less than half of the traffic, they may roll a candidate back, but need not be shown to be within
 * their margins.
 */
const PROMPT = { settleAfter: 'PT0S', requiredFrom: 50 } as const;
/** Longest hold of a stage, in seconds: at 99 %, stable's orders take hours. */
const LONGEST = 2 * 86_400;

/** Shares of a side's requests that are counted, and what the metric requires of them. */
const COUNTED = {
  orders: { share: 0.03, asks: { direction: 'lowerIsWorse', relativeMargin: 0.1 } },
  'sign-ups': { share: 0.2, asks: { direction: 'lowerIsWorse', relativeMargin: 0.05 } },
  'over-100-ms': { share: 0.05, asks: { direction: 'higherIsWorse', margin: 0.01 } },
  'over-2-s': { share: 0.001, asks: { direction: 'higherIsWorse', margin: 0.002 } },
} as const;
type Counted = keyof typeof COUNTED;
const NAMES = Object.keys(COUNTED) as Counted[];

const METRICS = parsePlan({
  metrics: [
    ...NAMES.map((name) => ({
      name,
      kind: 'count' as const,
      numerator: READ,
      usualShare: COUNTED[name].share,
      ...PROMPT,
      ...COUNTED[name].asks,
    })),
    { name: 'queue-age', kind: 'value', value: READ, direction: 'higherIsWorse', relativeTolerance: 0.5, ...PROMPT },
    { name: 'cpu', kind: 'guard', value: READ, limit: 85, settleAfter: 'PT0S' },
  ],
}).metrics;

/** Figures that stay high for a while: an autoregressive process with a memory of ten minutes. */
function wandering(seed: number, sd: number): (minute: number) => number {
  const random = generator(seed);
  const drawn: number[] = [];
  return (minute) => {
    while (drawn.length <= minute) drawn.push(0.9 * (drawn.at(-1) ?? 0) + sd * Math.sqrt(0.19) * normal(random));
    return drawn[minute] ?? 0;
  };
}

/** What the shop counts in a minute; both sides share its weather, and nothing depends on the side. */
function shop({ seed }: Pick<World, 'seed'>): (name: string, minute: MinuteEvidence) => MetricMinute {
  const weather = wandering(mix(seed, 1), 0.2);
  const [queues, usage] = [2, 4].map((salt) => ({
    stable: wandering(mix(seed, salt), 0.15),
    candidate: wandering(mix(seed, salt + 1), 0.15),
  }));
  return (name, { minute, stable, candidate }) => {
    const at = minute / MINUTE;
    const random = generator(mix(mix(seed, at), NAMES.indexOf(name as Counted) + 7));
    const counted = (side: MinuteEvidence['stable']) => {
      const n = side?.requests ?? 0;
      const share = Math.min(1, COUNTED[name as Counted].share * Math.exp(weather(at)));
      return n === 0 ? null : { n, x: binomial(random, n, share) };
    };
    const figure = (of: typeof queues, usual: number, side: Side) => ({
      n: 1,
      x: usual * Math.exp(of?.[side](at) ?? 0),
    });
    if (name === 'queue-age')
      return { minute, stable: figure(queues, 60, 'stable'), candidate: figure(queues, 60, 'candidate') };
    if (name === 'cpu') return { minute, stable: null, candidate: figure(usage, 45, 'candidate') };
    return { minute, stable: counted(stable), candidate: counted(candidate) };
  };
}

/** A day of stable, as the baseline measures it. */
function before(plan: Plan, seed: number): Record<string, MetricBaseline> {
  const day = shop({ seed: mix(seed, 0x2545f491) });
  const all = Array.from({ length: 1440 }, (_, i): MinuteEvidence => {
    const stable = { requests: 30_000, target5xx: 0, connectionErrors: 0, slow: 0 };
    return { minute: i * MINUTE, stable, candidate: null, elb5xx: 0 };
  });
  const found = plan.metrics.flatMap((metric) => {
    if (metric.kind === 'guard') return [];
    const points = all.flatMap((minute) => {
      const point = day(metric.name, minute).stable;
      return point === null ? [] : [[minute.minute, point] as const];
    });
    const measured = baselineOf(metric, new Map(points), { from: 0, to: 1440 * MINUTE });
    return typeof measured === 'string' ? [] : [[metric.name, measured] as const];
  });
  return Object.fromEntries(found);
}

/** The product's gate, and beside it the vote of the plan's own metrics; `voters` counts who rolled back. */
function everything(plan: Plan, voters: Map<string, number>): GateMaker {
  return (met) => {
    const gate = ours(gatePlan(plan))(met);
    const counts = shop(met);
    const kept = new Map<string, MetricMinute[]>();
    const { baseline } = dayBefore(met.cell, met.seed);
    const measured = before(plan, met.seed);
    return (look) => {
      const answer = gate(look);
      if (answer === 'abort') voters.set('gate and alarms', (voters.get('gate and alarms') ?? 0) + 1);
      if (answer === 'abort') return answer;
      const { minute, run, visible, stageFrom, percent } = look;
      const seen = plan.metrics.map(({ name }) => {
        const minutes = kept.get(name) ?? [];
        kept.set(name, minutes);
        while (minutes.length < visible) minutes.push(counts(name, run[minutes.length] as MinuteEvidence));
        return { name, trouble: null, minutes: minutes.slice(stageFrom, visible) };
      });
      const at = plan.stages.findIndex((stage) => stage.percent === percent);
      const { tests, beta } = gatePolicyOf(plan, baseline, at);
      const alpha = plan.gate.alpha / tests;
      const span = { since: stageFrom * MINUTE, now: minute * MINUTE, percent, silentMinutes: 0, alpha, beta };
      const opinions = opinionsOf(seen, { metrics: plan.metrics, baseline: measured, ...span });
      const { decision } = voteOf(opinions);
      if (decision !== 'rollback') return decision === 'hold' ? 'hold' : answer;
      for (const { metric, verdict } of opinions)
        if (verdict === 'worse') voters.set(metric, (voters.get(metric) ?? 0) + 1);
      return 'abort';
    };
  };
}

export interface TogetherResult {
  readonly trace: string;
  readonly back: number;
  readonly undecided: number;
  readonly voters: ReadonlyMap<string, number>;
}

/** Healthy traces of the exposure benchmark at 500 rps that are within its assumptions; each run is its own shop. */
export function together(runs: number, traces: readonly string[]): TogetherResult[] {
  return traces.map((name, trace) => {
    const cell = cells().find((c) => c.trace.name === name && c.rps === 500 && c.regression === null);
    if (cell === undefined) throw new RangeError(`no healthy trace is called ${name}`);
    const accepted = planFor(dayBefore(cell, cell.rps).assumptions);
    const stages = accepted.stages.map((stage) => (stage.percent < 50 ? stage : { ...stage, maxHold: LONGEST }));
    const plan: Plan = { ...accepted, stages, metrics: METRICS };
    const voters = new Map<string, number>();
    const policy = { id: 'everything', source: 'core', ramp: rampOf(plan), gate: everything(plan, voters) };
    const ends = Array.from(
      { length: runs },
      (_, run) => simulate(world(cell, mix(FIRST_SEED + run * traces.length + trace, cell.rps)), policy).end,
    );
    const count = (end: string) => ends.filter((one) => one === end).length;
    return { trace: name, back: count('worse'), undecided: count('undecided'), voters };
  });
}
