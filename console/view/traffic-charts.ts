/** Charts of the customers' experience: weights, requests, errors and latency. */

import { SIDES, type Side } from '../../sides/index.ts';
import type { ChartLine, ChartView, ColorName } from './chart-view.ts';
import type { ChartFrame } from './evidence-path.ts';

/** One interval of both sides. A side that answered nothing in it is absent. */
export interface TrafficSample {
  /** When the interval began. */
  readonly at: number;
  readonly sides: Readonly<Partial<Record<Side, SideTraffic>>>;
}

export interface SideTraffic {
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds; null if nobody measured it. */
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface TrafficSeries {
  readonly samples: readonly TrafficSample[];
  /** The length of a sample in seconds, in a rehearsal of simulated time. */
  readonly intervalSeconds: number;
  /** The interval as written in a title, such as `15 s of simulated time`. */
  readonly interval: string;
  /** Who measured it. */
  readonly source: string;
}

/** Shares of the traffic from an instant on, 0 to 1, by role. */
export interface WeightsAt {
  readonly at: number;
  readonly shares: Readonly<Record<string, number>>;
}

const ROLES: readonly (readonly [role: string, label: string, color: ColorName])[] = [
  ['stable', 'stable', 'stable'],
  ['candidate', 'candidate', 'candidate'],
  ['mirrorForward', 'mirror (answers from stable)', 'mirror'],
  ['mirrorReverse', 'mirror (answers from candidate)', 'reverse'],
];

export function trafficCharts(weights: readonly WeightsAt[], traffic: TrafficSeries, frame: ChartFrame): ChartView[] {
  const { samples, intervalSeconds, interval, source } = traffic;
  const plain = { scale: 'linear', dots: [], bands: [], ...frame } as const;
  const perSide = (measured: (side: SideTraffic | undefined) => number | null): ChartLine[] =>
    SIDES.map((side) => ({
      label: side,
      color: side,
      lastsMs: 2 * intervalSeconds * 1000,
      points: samples.flatMap(({ at, sides }, i) => {
        const y = measured(sides[side]);
        const before = samples[i - 1]?.sides[side];
        return y === null ? [] : [{ x: at, y, begins: measured(before) === null }];
      }),
    }));
  const rate = (count: number) => (intervalSeconds === 0 ? 0 : count / intervalSeconds);
  const charts: ChartView[] = [
    {
      id: 'requests',
      title: 'Requests',
      unit: `per second, mean of ${interval}; ${source}`,
      lines: perSide((side) => rate(side?.requests ?? 0)),
      ...plain,
    },
    {
      id: 'errors',
      title: 'Errors',
      unit: `% of each side's requests, in ${interval}; ${source}`,
      lines: perSide((side) =>
        side === undefined || side.requests === 0 ? null : (100 * side.errors) / side.requests,
      ),
      ...plain,
    },
    {
      id: 'p50',
      title: 'Latency p50',
      unit: `ms, median of ${interval}; ${source}`,
      lines: perSide((side) => side?.p50 ?? null),
      ...plain,
    },
    {
      id: 'p95',
      title: 'Latency p95',
      unit: `ms, 95th percentile of ${interval}; ${source}`,
      lines: perSide((side) => side?.p95 ?? null),
      ...plain,
    },
  ];
  return [weightsChart(weights, frame), ...charts].filter(({ lines }) => lines.some(({ points }) => points.length > 0));
}

function weightsChart(weights: readonly WeightsAt[], frame: ChartFrame): ChartView {
  const last = weights.at(-1);
  const lines = ROLES.filter(([role]) => weights.some(({ shares }) => (shares[role] ?? 0) > 0)).map(
    ([role, label, color]): ChartLine => ({
      label,
      color,
      step: true,
      points: [...weights, ...(last === undefined ? [] : [{ ...last, at: frame.to }])].map(({ at, shares }) => ({
        x: at,
        y: (shares[role] ?? 0) * 100,
      })),
    }),
  );
  return {
    id: 'weights',
    title: 'Weights',
    unit: '% of requests, at each change',
    scale: 'linear',
    range: [0, 100],
    lines,
    dots: [],
    bands: [],
    ...frame,
  };
}
