import { expect, it } from 'vitest';
import { plotColumns } from '../../console/page/plot-data.ts';

it('a line that begins anew has a gap back to its last point, also where another line has points', () => {
  const line = (label: string, points: { x: number; y: number; begins?: boolean }[]) =>
    ({ label, color: 'stable', points }) as const;
  const begun = line('begun anew', [
    { x: 1000, y: 1, begins: true },
    { x: 5000, y: 5, begins: true },
    { x: 6000, y: 6 },
  ]);
  const other = line(
    'other',
    [1000, 2000, 3000, 4000, 7000].map((x) => ({ x, y: 9 })),
  );
  const chart = {
    id: 'p50',
    title: '',
    unit: '',
    scale: 'linear',
    lines: [begun, other],
    dots: [],
    bands: [],
    marks: [],
    from: 0,
    to: 7000,
  } as const;
  const [xs, ys] = plotColumns(chart, { clock: 'elapsed', from: 0 });
  expect(xs).toEqual([0.999, 1, 2, 3, 4, 4.999, 5, 6, 7]);
  expect(ys).toEqual([null, 1, null, null, null, null, 5, 6, undefined]);
});
