/**
 * Charts of the gate's evidence, evaluation by evaluation: e-values with their thresholds, and bounds with the margin.
 */
import { fromIso, type LogEntry } from '../../core/model/index.ts';
import type { ChartBand, ChartDot, ChartLine, ChartMark, ChartPoint, ChartView, ColorName } from './chart-view.ts';
import { type ComparedMetric, type GateLook, gateLooks } from './gate-looks.ts';

/** The gate's own metrics. Any other metric comes from the plan. */
const METRICS = ['errors', 'slow'] as const;
type Metric = (typeof METRICS)[number];

const COLOR: Readonly<Record<Metric, ColorName>> = { errors: 'bad', slow: 'warn' };
const RATE: Readonly<Record<Metric, string>> = { errors: 'Error rate', slow: 'Slow-request rate' };
const SIGN = {
  worse: { color: 'bad', shape: 'diamond' },
  'within margin': { color: 'good', shape: 'disc' },
  undecided: { color: 'muted', shape: 'ring' },
} as const;
/** Values beyond these limits are not displayed exactly. */
const LEAST_E = 1e-3;
const MOST_E = 1e12;
/** Bounds begin at 100 %, but only their position relative to the margin is of interest. */
const MARGINS_SHOWN = 4;

/** Properties that all charts of a run have in common. */
export interface ChartFrame {
  readonly from: number;
  readonly to: number;
  readonly marks: readonly ChartMark[];
}

type Pick = (metric: ComparedMetric) => number | undefined;

/** Returns an empty list if the gate never evaluated the run. */
export function evidenceCharts(log: readonly LogEntry[], frame: ChartFrame): ChartView[] {
  const looks = gateLooks(log);
  if (looks.length === 0) return [];
  return [
    evidenceChart(looks, frame, {
      id: 'worse',
      title: 'Evidence that the candidate is worse',
      unit: 'e-value, log scale, one point per evaluation; the gate rolls back at the dashed line',
      value: (m) => m.eValue,
      threshold: (m) => m.threshold,
    }),
    evidenceChart(looks, frame, {
      id: 'within',
      title: 'Evidence that the candidate is good enough',
      unit: 'non-inferiority e-value, log scale, one point per evaluation; the stage may advance at the dashed line',
      value: (m) => m.withinEValue,
      threshold: (m) => m.withinThreshold,
    }),
    ...METRICS.flatMap((metric) => boundsChart(looks, metric, frame)),
    ...ownNames(looks).map((name) => ownChart(looks, name, frame)),
  ].filter((chart) => chart.lines.length > 0);
}

interface Asked {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly value: Pick;
  readonly threshold: Pick;
}

function evidenceChart(
  looks: readonly GateLook[],
  frame: ChartFrame,
  { value, threshold, ...named }: Asked,
): ChartView {
  const lines = METRICS.flatMap((metric): ChartLine[] => [
    { label: metric, color: COLOR[metric], points: pathOf(looks, metric, value) },
    { label: `${metric}: threshold`, color: COLOR[metric], dashed: true, points: pathOf(looks, metric, threshold) },
  ]).filter((line) => line.points.length > 0);
  const dots = METRICS.flatMap((metric) => dotsOf(looks, metric, value));
  return { ...named, scale: 'log', range: decadesOf(lines), lines, dots, bands: bandsOf(looks), ...frame };
}

/** Metrics of the plan, in the order of their first appearance. */
function ownNames(looks: readonly GateLook[]): string[] {
  const names = new Set(looks.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)));
  return [...names].filter((name) => !METRICS.some((metric) => metric === name));
}

/** Both kinds of evidence of one metric of the plan, each with the threshold at which it decides. */
function ownChart(looks: readonly GateLook[], name: string, frame: ChartFrame): ChartView {
  const lines: ChartLine[] = [
    { label: 'worse', color: 'bad', points: pathOf(looks, name, (m) => m.eValue) },
    { label: 'worse: threshold', color: 'bad', dashed: true, points: pathOf(looks, name, (m) => m.threshold) },
    { label: 'within margin', color: 'good', points: pathOf(looks, name, (m) => m.withinEValue) },
    {
      label: 'within margin: threshold',
      color: 'good',
      dashed: true,
      points: pathOf(looks, name, (m) => m.withinThreshold),
    },
  ];
  return {
    id: `own-${name}`,
    title: `Evidence of the metric ${name}`,
    unit: 'e-value, log scale, one point per evaluation; decides at the dashed line of its colour',
    scale: 'log',
    range: decadesOf(lines),
    lines,
    dots: dotsOf(looks, name, (m) => m.eValue),
    bands: bandsOf(looks),
    ...frame,
  };
}

function boundsChart(looks: readonly GateLook[], metric: Metric, frame: ChartFrame): ChartView[] {
  const path = (pick: Pick) =>
    pathOf(looks, metric, (m) => {
      const value = pick(m);
      return value === undefined ? undefined : value * 100;
    });
  const [low, high, margin] = [path((m) => m.lower), path((m) => m.upper), path((m) => m.margin)];
  if (high.length === 0) return [];
  const observed = path((m) =>
    m.candidateRate === undefined || m.stableRate === undefined ? undefined : m.candidateRate - m.stableRate,
  );
  const top = Math.max(...margin.map((p) => p.y * MARGINS_SHOWN), ...[...observed, ...low].map((p) => p.y * 1.2));
  return [
    {
      id: `bounds-${metric}`,
      title: `${RATE[metric]}, candidate minus stable`,
      unit: `percentage points, anytime-valid bounds, one point per evaluation; clipped to 0–${Number(top.toPrecision(2))}`,
      scale: 'linear',
      range: [0, top],
      lines: [
        { label: 'observed', color: COLOR[metric], points: observed },
        { label: 'upper bound', color: 'teal', points: high },
        { label: 'lower bound', color: 'violet', points: low },
        { label: 'margin', color: 'muted', dashed: true, points: margin },
      ],
      between: ['lower bound', 'upper bound'],
      dots: dotsOf(looks, metric, (m) => (m.upper === undefined ? undefined : m.upper * 100)),
      bands: bandsOf(looks),
      ...frame,
    },
  ];
}

/** The range in whole powers of ten that includes every value. */
function decadesOf(lines: readonly ChartLine[]): [number, number] {
  const all = lines.flatMap(({ points }) => points.map(({ y }) => Math.min(MOST_E, Math.max(LEAST_E, y))));
  const low = Math.floor(Math.log10(Math.min(...all)));
  return [10 ** low, 10 ** Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all) * 1.5)))];
}

/**
 * The values of a metric over time, restarting with each stage. Percentiles have counts of minutes in place of
 * e-values.
 */
function pathOf(looks: readonly GateLook[], metric: string, pick: Pick): ChartPoint[] {
  const points: ChartPoint[] = [];
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

function dotsOf(looks: readonly GateLook[], metric: string, pick: Pick): ChartDot[] {
  return looks.flatMap((look) => {
    const found = look.metrics.find((m) => m.metric === metric && m.by === 'counts');
    const y = found === undefined ? undefined : pick(found);
    if (found === undefined || y === undefined) return [];
    const note = `${look.name}, ${metric} ${found.verdict}: ${look.message}`;
    return [{ x: look.at, y, label: found.verdict, note, ...SIGN[found.verdict] }];
  });
}

function bandsOf(looks: readonly GateLook[]): ChartBand[] {
  const bands = new Map<string, ChartBand>();
  for (const { since, name, at } of looks) bands.set(since, { from: fromIso(since), to: at, label: name });
  return [...bands.values()];
}
