/**
 * `npm run bench -- metrics [runs] [falls|healthy|queue|together]`: how soon a plan's own metrics detect a regression,
 * beside oracles, and how often they err; as Markdown. results.md keeps the last run.
 */
import { parsePlan } from '../../core/model/plan.ts';
import type { PlanMetric } from '../../core/model/plan-metrics.ts';
import { wilson } from '../exposure/stats.ts';
import { ALPHA, type Asked, type Looked, look } from './look.ts';
import { together } from './together.ts';
import { BIASED, breaksAt, CONVERSION, fallsBy, HEALTHY, queue, STEADY } from './traces.ts';

const WEEK = 7 * 1440;
const READ = { source: 'cloudwatch', namespace: 'Shop', metric: 'Watched' } as const;

const metricOf = (fields: object): PlanMetric => {
  const [metric] = parsePlan({ metrics: [{ name: 'watched', settleAfter: 'PT0S', ...fields }] as never }).metrics;
  if (metric === undefined) throw new RangeError('no metric');
  return metric;
};
const orders = (relativeMargin: number) =>
  metricOf({ kind: 'count', numerator: READ, direction: 'lowerIsWorse', relativeMargin, usualShare: CONVERSION });
const QUEUE_AGE = metricOf({ kind: 'value', value: READ, direction: 'higherIsWorse', relativeTolerance: 0.5 });

const PARTS: Readonly<Record<string, (runs: number) => void>> = { falls, healthy, queue: queues, together: everything };

export async function run([runs = '200', part]: string[]): Promise<void> {
  const wanted = part === undefined ? Object.keys(PARTS) : [part];
  for (const name of wanted) PARTS[name]?.(Number(runs));
}

function falls(runs: number): void {
  heading('Time to notice a conversion that falls');
  print(
    `Conversion ${100 * CONVERSION} %, half the traffic on each side, α of a later stage (${ALPHA}), the metric's share 0.05, ${runs} runs (a tenth where a run takes days); medians.`,
    'The first oracle is told the base rate and the size, looks at the candidate alone, and errs in 1 % of the runs (Wald). The second is told them too, but has the metric’s own part of α, and the stable side beside it instead of the truth.',
    '',
  );
  table('fall', 'margin', 'rps', 'noticed', 'oracle', 'oracle with this α beside stable', 'never noticed');
  for (const rps of [50, 500])
    for (const lost of [0.01, 0.02, 0.05]) {
      const takesDays = lost * Math.sqrt(rps) < 0.4;
      const asked = { trace: fallsBy(lost), metric: orders(0.01), rps, longest: WEEK, lost };
      const found = every(asked, takesDays ? Math.ceil(runs / 10) : runs);
      const [ours, oracle, peer] = [median(found, 'worse'), median(found, 'oracle'), median(found, 'peer')];
      row(`${100 * lost} %`, '1 %', rps, ours, oracle, peer, missed(found));
    }
  const broken = every({ trace: breaksAt(60), metric: orders(0.05), rps: 50, longest: 180 }, runs);
  row('100 %, after a healthy hour', '5 %', 50, median(broken, 'worse', 60), '', '', missed(broken));
}

function healthy(runs: number): void {
  heading('Healthy candidates');
  print(`Six hours, ${runs} runs; the last column is when a stage may advance (median).`, '');
  table('trace', 'called worse', 'shown to be within');
  for (const trace of HEALTHY) {
    const found = every({ trace, metric: orders(0.05), rps: 500, longest: 360 }, runs);
    row(`${trace.name}, margin 5 %, 500 rps`, called(found), median(found, 'within'));
  }
  for (const margin of [0.05, 0.01]) {
    const found = every({ trace: BIASED, metric: orders(margin), rps: 500, longest: 720 }, Math.ceil(runs / 10));
    row(`${BIASED.name}, margin ${100 * margin} %, 12 h`, called(found), median(found, 'within'));
  }
  const calm = every({ trace: queue(0), metric: QUEUE_AGE, rps: 1, longest: 360 }, runs);
  row('queue with ten minutes of memory, tolerance 50 %', called(calm), median(calm, 'within'));
}

function queues(runs: number): void {
  heading('A queue that grows, and a source that is silent');
  table('trace', 'noticed (median)', 'never noticed', 'looks at which it would have advanced blind');
  for (const perMinute of [5, 30]) {
    const trace = queue(perMinute);
    const found = every({ trace, metric: QUEUE_AGE, rps: 1, longest: 360 }, runs);
    row(trace.name, `${median(found, 'worse', 30)} after it began`, missed(found), '');
  }
  for (const trace of [STEADY, breaksAt(60)]) {
    const found = every({ trace, metric: orders(0.05), rps: 500, longest: 180, silent: [60, 120] }, runs);
    const blind = found.reduce((sum, f) => sum + f.advancedBlind, 0);
    const noticed = trace === STEADY ? '' : `${median(found, 'worse', 120)} after it spoke again`;
    row(`${trace.name}, source silent from minute 60 to 120`, noticed, missed(found), blind);
  }
}

const TRACES = ['steady', 'diurnal', 'noisy neighbour', 'cold start', 'working day', 'both one AR(1), sd 0.5'];

function everything(runs: number): void {
  heading('Gate, alarms and metrics together');
  print(
    `The whole product of the exposure benchmark at 500 rps (gate, alarms, the load balancer’s 5xx) and six metrics of the plan’s own, one α of 1 % over all, ${runs} runs a trace to an hour at 100 %.`,
    '',
  );
  table('healthy trace', 'called worse', 'undecided', 'by whom');
  const found = together(runs, TRACES);
  const line = (name: string, back: number, undecided: number, of: number, voters: string) =>
    row(name, share(back, of), share(undecided, of), voters);
  for (const { trace, back, undecided, voters } of found)
    line(trace, back, undecided, runs, [...voters].map(([who, times]) => `${who} ${times}`).join(', '));
  const sum = (of: (one: (typeof found)[number]) => number) => found.reduce((total, one) => total + of(one), 0);
  line(
    'all',
    sum((f) => f.back),
    sum((f) => f.undecided),
    runs * found.length,
    '',
  );
}

function every(asked: Asked, runs: number): Looked[] {
  return Array.from({ length: runs }, (_, seed) => look(asked, seed + 1));
}

/** In minutes since `from`. */
function median(found: readonly Looked[], what: 'worse' | 'within' | 'oracle' | 'peer', from = 0): string {
  const sorted = found.map((f) => f[what] ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) - from;
  return Number.isFinite(middle) ? `${middle} min` : 'not within the time';
}

function missed(found: readonly Looked[]): string {
  return `${found.filter((f) => f.worse === null).length} of ${found.length}`;
}

function called(found: readonly Looked[]): string {
  return share(found.filter((f) => f.worse !== null).length, found.length);
}

/** With its 95 % interval. */
function share(count: number, of: number): string {
  const [low, high] = wilson(count, of).map((bound) => (100 * bound).toFixed(1));
  return `${((100 * count) / of).toFixed(1)} % [${low}, ${high}]`;
}

function heading(text: string): void {
  print('', `## ${text}`, '');
}

function table(...columns: readonly string[]): void {
  row(...columns);
  row(...columns.map(() => '---'));
}

function row(...cells: readonly (string | number)[]): void {
  print(`| ${cells.join(' | ')} |`);
}

function print(...lines: readonly string[]): void {
  console.log(lines.join('\n'));
}
