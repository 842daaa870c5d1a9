/** The gate's way to its decisions, look by look, as charts: e-values against their thresholds, bounds against the margin. */
import * as z from 'zod';
import { fromIso, type LogEntry } from '../core/model/index.ts';
import type { Area, Band, Chart, Dot, Line, Mark, Point } from './chart.ts';
import { logBetween } from './scale.ts';

/** The gate's own; any other is the plan's. */
const METRICS = ['errors', 'slow'] as const;
type Metric = (typeof METRICS)[number];

/** What the log keeps of a comparison; more than the charts show, so unknown fields pass. */
const metricSchema = z.looseObject({
  metric: z.string(),
  verdict: z.enum(['worse', 'within margin', 'undecided']),
  eValue: z.number(),
  threshold: z.number(),
  withinEValue: z.number(),
  withinThreshold: z.number(),
  margin: z.number(),
  /** Bounds on candidate − stable; absent where there is no second side. */
  lower: z.number().optional(),
  upper: z.number().optional(),
  stableRate: z.number().optional(),
  candidateRate: z.number().optional(),
  by: z.enum(['counts', 'percentiles']).default('counts'),
});
type Compared = z.infer<typeof metricSchema>;
const lookSchema = z.looseObject({
  since: z.string(),
  split: z.looseObject({ candidatePercent: z.number() }),
  verdict: z.looseObject({ metrics: z.array(metricSchema) }),
});

interface Look {
  readonly at: number;
  /** When the stage or the soak began: e-values begin anew there. */
  readonly since: string;
  readonly name: string;
  readonly message: string;
  readonly metrics: readonly Compared[];
}

const COLOR: Readonly<Record<Metric, string>> = { errors: '#dc2626', slow: '#d97706' };
const RATE: Readonly<Record<Metric, string>> = { errors: 'Error rate', slow: 'Slow-request rate' };
const SIGN = {
  worse: { color: '#dc2626', shape: 'diamond' },
  'within margin': { color: '#16a34a', shape: 'disc' },
  undecided: { color: '#6b7280', shape: 'ring' },
} as const;
/** Beyond these an e-value says no more. */
const LEAST_E = 1e-3;
const MOST_E = 1e12;
/** Bounds begin at 100 %; of interest is what they do about the margin. */
const MARGINS_SHOWN = 4;

/** Empty for a run that the gate never looked at. */
export function evidenceCharts(log: readonly LogEntry[], range: Drawn): Chart[] {
  const looks = log.flatMap(lookOf);
  if (looks.length === 0) return [];
  const bands = bandsOf(looks);
  const evidence = (
    title: string,
    unit: string,
    value: (m: Compared) => number,
    threshold: (m: Compared) => number,
  ) => {
    const lines = METRICS.flatMap((metric) => [
      { label: metric, color: COLOR[metric], points: pathOf(looks, metric, value) },
      { label: `${metric}: threshold`, color: COLOR[metric], dashed: true, points: pathOf(looks, metric, threshold) },
    ]).filter((line) => line.points.length > 0);
    const all = lines.flatMap((l) => l.points.map((p) => Math.min(MOST_E, Math.max(LEAST_E, p.y))));
    const dots = METRICS.flatMap((metric) => dotsOf(looks, metric, value));
    return { title, unit, lines, dots, bands, scale: logBetween(Math.min(...all), Math.max(...all) * 1.5), ...range };
  };
  return [
    evidence(
      'Evidence that the candidate is worse',
      'e-value, log scale; the gate rolls back at the dashed line',
      (m) => m.eValue,
      (m) => m.threshold,
    ),
    evidence(
      'Evidence that the candidate is good enough',
      'non-inferiority e-value, log scale; the stage may advance at the dashed line',
      (m) => m.withinEValue,
      (m) => m.withinThreshold,
    ),
    ...METRICS.flatMap((metric) => boundsChart(looks, metric, bands, range)),
    ...ownNames(looks).map((name) => ownChart(looks, name, bands, range)),
  ].filter((chart) => chart.lines.length > 0);
}

interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly Mark[];
}

/** Metrics of the plan's own, in the order in which they were first seen. */
function ownNames(looks: readonly Look[]): string[] {
  const names = new Set(looks.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)));
  return [...names].filter((name) => !METRICS.some((metric) => metric === name));
}

/** Both kinds of evidence of one metric of the plan's own, each with the line at which it decides. */
function ownChart(looks: readonly Look[], name: string, bands: readonly Band[], drawn: Drawn): Chart {
  const line = (label: string, color: string, pick: (m: Compared) => number, dashed: boolean): Line => ({
    label,
    color,
    points: pathOf(looks, name, pick),
    ...(dashed ? { dashed } : {}),
  });
  const lines = [
    line('worse', SIGN.worse.color, (m) => m.eValue, false),
    line('worse: threshold', SIGN.worse.color, (m) => m.threshold, true),
    line('within margin', SIGN['within margin'].color, (m) => m.withinEValue, false),
    line('within margin: threshold', SIGN['within margin'].color, (m) => m.withinThreshold, true),
  ];
  const all = lines.flatMap((l) => l.points.map((p) => Math.min(MOST_E, Math.max(LEAST_E, p.y))));
  return {
    title: `Evidence of the metric ${name}`,
    unit: 'e-value, log scale; decides at the dashed line of its colour',
    lines,
    dots: dotsOf(looks, name, (m) => m.eValue),
    bands,
    scale: logBetween(Math.min(...all), Math.max(...all) * 1.5),
    ...drawn,
  };
}

function boundsChart(looks: readonly Look[], metric: Metric, bands: readonly Band[], range: Drawn): Chart[] {
  const path = (pick: (m: Compared) => number | undefined) =>
    pathOf(looks, metric, (m) => {
      const value = pick(m);
      return value === undefined ? undefined : value * 100;
    });
  const [low, high, margin] = [path((m) => m.lower), path((m) => m.upper), path((m) => m.margin)];
  if (high.length === 0) return [];
  const observed = path((m) =>
    m.candidateRate === undefined || m.stableRate === undefined ? undefined : m.candidateRate - m.stableRate,
  );
  const lines: Line[] = [
    { label: 'observed', color: COLOR[metric], points: observed },
    { label: 'upper bound', color: '#0891b2', points: high },
    { label: 'lower bound', color: '#7c3aed', points: low },
    { label: 'margin', color: '#6b7280', dashed: true, points: margin },
  ];
  const top = Math.max(...margin.map((p) => p.y * MARGINS_SHOWN), ...[...observed, ...low].map((p) => p.y * 1.2));
  return [
    {
      title: `${RATE[metric]}, candidate minus stable`,
      unit: `percentage points, anytime-valid bounds; clipped to 0–${Number(top.toPrecision(2))}`,
      lines,
      areas: areasOf(low, high),
      dots: dotsOf(looks, metric, (m) => (m.upper === undefined ? undefined : m.upper * 100)),
      bands,
      scale: { kind: 'linear', from: 0, to: top },
      ...range,
    },
  ];
}

function lookOf(entry: LogEntry): Look[] {
  const parsed = lookSchema.safeParse(entry.data);
  if (entry.kind !== 'observation' || !parsed.success) return [];
  const { since, split, verdict } = parsed.data;
  const name = entry.phase === 'stage' ? `${split.candidatePercent} %` : entry.phase;
  return [{ at: fromIso(entry.at), since, name, message: entry.message, metrics: verdict.metrics }];
}

/** A metric's values in time, begun anew with each stage; percentiles have counts of minutes where others have e-values. */
function pathOf(looks: readonly Look[], metric: string, pick: (m: Compared) => number | undefined): Point[] {
  const points: Point[] = [];
  let since: string | null = null;
  for (const look of looks) {
    const found = look.metrics.find((m) => m.metric === metric && m.by === 'counts');
    const y = found === undefined ? undefined : pick(found);
    if (y === undefined) continue;
    points.push({ x: look.at, y, begins: look.since !== since });
    since = look.since;
  }
  return points;
}

function dotsOf(looks: readonly Look[], metric: string, pick: (m: Compared) => number | undefined): Dot[] {
  return looks.flatMap((look) => {
    const found = look.metrics.find((m) => m.metric === metric && m.by === 'counts');
    const y = found === undefined ? undefined : pick(found);
    if (found === undefined || y === undefined) return [];
    const note = `${look.name}, ${metric} ${found.verdict}: ${look.message}`;
    return [{ x: look.at, y, label: found.verdict, note, ...SIGN[found.verdict] }];
  });
}

function areasOf(low: readonly Point[], high: readonly Point[]): Area[] {
  const starts = high.flatMap((p, i) => (p.begins === true ? [i] : []));
  return starts.map((from, i) => {
    const whole = (points: readonly Point[]) => points.slice(from, starts[i + 1]).map(({ x, y }) => ({ x, y }));
    return { color: '#0891b2', low: whole(low), high: whole(high) };
  });
}

function bandsOf(looks: readonly Look[]): Band[] {
  const bands = new Map<string, Band>();
  for (const { since, name, at } of looks) bands.set(since, { from: fromIso(since), to: at, label: name });
  return [...bands.values()];
}
