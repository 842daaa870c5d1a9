/**
 * `npm run bench -- metrics [runs]`: how soon a plan's own metrics notice, beside an oracle, and how often they err; as Markdown.
 * results.md keeps the last run. Every minute is looked at while a stage is young, and later every tenth of its age.
 */
import { type MetricOpinion, opinionsOf } from '../../core/metrics/opinion.ts';
import type { MetricEvidence, MetricMinute } from '../../core/model/evidence.ts';
import { parsePlan } from '../../core/model/plan.ts';
import type { PlanMetric } from '../../core/model/plan-metrics.ts';
import { BIASED, breaksAt, CONVERSION, fallsBy, HEALTHY, queue, type Trace } from './traces.ts';

const MINUTE = 60_000;
/** A later stage of the default plan has an eighth of α. */
const ALPHA = 0.01 / 8;
const BETA = 0.01;
/** Wald's bound of a test with errors of 1 % each. */
const ORACLE = Math.log(99);
const WEEK = 7 * 1440;

const query = { source: 'cloudwatch', namespace: 'Shop', metric: 'Orders' } as const;
const metricOf = (fields: object): PlanMetric => {
  const common = { name: 'watched', numerator: query, settleAfter: 'PT0S' };
  const [metric] = parsePlan({ metrics: [{ ...common, ...fields }] as never }).metrics;
  if (metric === undefined) throw new RangeError('no metric');
  return metric;
};
const orders = (relativeMargin: number) =>
  metricOf({ kind: 'count', direction: 'lowerIsWorse', relativeMargin, usualShare: CONVERSION });
const age = () => {
  const { numerator: _, ...fields } = { numerator: null, kind: 'value', value: query, direction: 'higherIsWorse' };
  const [metric] = parsePlan({
    metrics: [{ name: 'watched', settleAfter: 'PT0S', relativeTolerance: 0.5, ...fields }] as never,
  }).metrics;
  if (metric === undefined) throw new RangeError('no metric');
  return metric;
};

interface Looked {
  /** Minutes since the stage began; null: not within the time. */
  readonly worse: number | null;
  readonly within: number | null;
  /** Minutes of the oracle, which knows the base rate and the size. */
  readonly oracle: number | null;
  /** Looks at which the stage might have advanced although its source was silent. */
  readonly advancedBlind: number;
}

interface Asked {
  readonly trace: Trace;
  readonly metric: PlanMetric;
  readonly rps: number;
  readonly longest: number;
  /** Part of the conversions that is lost, for the oracle. */
  readonly lost?: number;
  /** Minutes in which the source does not answer. */
  readonly silent?: readonly [number, number];
}

function look(asked: Asked, seed: number): Looked {
  const { trace, metric, rps, longest, silent = [0, 0] } = asked;
  const next = trace.minutes(seed, rps);
  const all: MetricMinute[] = [];
  let [worse, within, oracle, log, advancedBlind]: [number | null, number | null, number | null, number, number] = [
    null,
    null,
    null,
    0,
    0,
  ];
  for (let minute = 0; minute < longest && worse === null; minute++) {
    const one = { minute: minute * MINUTE, ...next(minute) };
    all.push(one);
    log += oracleStep(one, asked.lost ?? 0);
    if (oracle === null && asked.lost !== undefined && log >= ORACLE) oracle = minute + 1;
    const age = minute + 1;
    if (age > 60 && age % Math.ceil(age / 10) !== 0) continue;
    const isSilent = minute >= silent[0] && minute < silent[1];
    const said = opinionAt(metric, all, age, isSilent);
    if (said.verdict === 'worse') worse = age;
    if (said.verdict === 'within margin' && said.gap === null) {
      within ??= age;
      if (isSilent) advancedBlind++;
    }
  }
  return { worse, within, oracle, advancedBlind };
}

function opinionAt(metric: PlanMetric, minutes: readonly MetricMinute[], age: number, silent: boolean): MetricOpinion {
  const seen: MetricEvidence = silent
    ? { name: 'watched', trouble: 'it did not answer within 5 s', minutes: [] }
    : { name: 'watched', trouble: null, minutes: [...minutes] };
  const stretch = { baseline: {}, since: 0, now: (age + 1) * MINUTE, percent: 50, alpha: ALPHA, beta: BETA };
  const [opinion] = opinionsOf([seen], { ...stretch, metrics: [metric] });
  if (opinion === undefined) throw new RangeError('no opinion');
  return opinion;
}

/** ln of the likelihood ratio of a candidate that loses such a part, to one that loses none. */
function oracleStep({ candidate }: MetricMinute, lost: number): number {
  if (candidate === null || lost === 0) return 0;
  const [p0, p1] = [CONVERSION, CONVERSION * (1 - lost)];
  return candidate.x * Math.log(p1 / p0) + (candidate.n - candidate.x) * Math.log((1 - p1) / (1 - p0));
}

function median(values: readonly (number | null)[]): string {
  const sorted = values.map((v) => v ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return Number.isFinite(middle) ? `${middle} min` : 'not within the time';
}

const share = (count: number, runs: number) => `${count} of ${runs} (${((100 * count) / runs).toFixed(1)} %)`;
const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

export async function run([text = '200']: string[]): Promise<void> {
  const runs = Number(text);
  const every = (asked: Asked, some = runs) => Array.from({ length: some }, (_, seed) => look(asked, seed + 1));
  const print = (...lines: string[]) => console.log(lines.join('\n'));

  print(
    `Conversion ${100 * CONVERSION} %, half the traffic on each side, α of a later stage (${ALPHA}), share of the metric 0.05, ${runs} runs (a tenth where a run takes days).`,
    '',
    '## Time to notice a conversion that falls',
    '',
    'The oracle is told the base rate, which the metric has to learn from the stable side, and the size; its errors are 1 % each, and it looks at one side: the same noise of the stable side costs the metric twice the time.',
    '',
    row('fall', 'margin', 'rps', 'noticed (median)', 'oracle (median)', 'never noticed'),
    row('---', '---', '---', '---', '---', '---'),
  );
  for (const rps of [50, 500])
    for (const part of [0.01, 0.02, 0.05]) {
      const slow = part * Math.sqrt(rps) < 0.4;
      const asked = { trace: fallsBy(part), metric: orders(0.01), rps, longest: WEEK, lost: part };
      const found = every(asked, slow ? Math.ceil(runs / 10) : runs);
      const never = found.filter((f) => f.worse === null).length;
      const [ours, oracle] = [median(found.map((f) => f.worse)), median(found.map((f) => f.oracle))];
      print(row(`${100 * part} %`, '1 %', rps, ours, oracle, share(never, found.length)));
    }
  const broken = every({ trace: breaksAt(60), metric: orders(0.05), rps: 50, longest: 180 });
  const after = broken.map((f) => (f.worse === null ? null : f.worse - 60));
  print(
    row(
      '100 %, after a healthy hour',
      '5 %',
      50,
      median(after),
      '',
      share(after.filter((a) => a === null).length, runs),
    ),
  );

  print('', '## Healthy candidates', '', 'Six hours, margin 5 %, 500 rps.', '');
  print(row('trace', 'called worse', 'shown to be within (median)'), row('---', '---', '---'));
  for (const trace of HEALTHY) {
    const found = every({ trace, metric: orders(0.05), rps: 500, longest: 360 });
    print(
      row(trace.name, share(found.filter((f) => f.worse !== null).length, runs), median(found.map((f) => f.within))),
    );
  }
  for (const margin of [0.05, 0.01]) {
    const found = every({ trace: BIASED, metric: orders(margin), rps: 500, longest: 720 }, Math.ceil(runs / 4));
    const worse = share(found.filter((f) => f.worse !== null).length, found.length);
    print(row(`${BIASED.name}, margin ${100 * margin} %, 12 h`, worse, median(found.map((f) => f.within))));
  }
  const calm = every({ trace: queue(0), metric: age(), rps: 1, longest: 360 });
  print(
    row(
      'queue, tolerance 50 %',
      share(calm.filter((f) => f.worse !== null).length, runs),
      median(calm.map((f) => f.within)),
    ),
  );

  print('', '## A queue that grows, and a source that is silent', '');
  print(
    row('trace', 'noticed (median)', 'never noticed', 'would have advanced blind'),
    row('---', '---', '---', '---'),
  );
  for (const perMinute of [5, 30]) {
    const found = every({ trace: queue(perMinute), metric: age(), rps: 1, longest: 360 });
    const since = found.map((f) => (f.worse === null ? null : f.worse - 30));
    print(
      row(
        queue(perMinute).name,
        `${median(since)} after it began`,
        share(since.filter((s) => s === null).length, runs),
        '',
      ),
    );
  }
  for (const trace of [HEALTHY[0] as Trace, breaksAt(60)]) {
    const found = every({ trace, metric: orders(0.05), rps: 500, longest: 180, silent: [60, 120] });
    const blind = found.reduce((sum, f) => sum + f.advancedBlind, 0);
    const noticed = found.filter((f) => f.worse !== null);
    const text =
      noticed.length === 0
        ? 'never'
        : `${median(found.map((f) => (f.worse === null ? null : f.worse - 120)))} after it spoke again`;
    print(row(`${trace.name}, source silent from minute 60 to 120`, text, share(runs - noticed.length, runs), blind));
  }
}
