/**
 * Every comparison is of bad shares, so that "higher is worse" holds: where fewer are worse, those that are missing are bad. The
 * likelihood of a share and of its complement is the same, so nothing is lost by it.
 */
import type { CountMetric, MetricPoint } from '../model/index.ts';
import type { Boundary } from './binary-bets.ts';

type Directed = Pick<CountMetric, 'direction'>;

export function badOf({ direction }: Directed, { n, x }: MetricPoint): number {
  return direction === 'higherIsWorse' ? x : n - x;
}

/** Of a share of the numerator, 0 to 1; and back, for it is its own inverse. */
export function badShare({ direction }: Directed, share: number): number {
  return direction === 'higherIsWorse' ? share : 1 - share;
}

/** Where the margin lies: the candidate's bad share at which it is worse by the margin. */
export function marginLine(metric: CountMetric): Boundary {
  const { margin, relativeMargin = 0, direction } = metric;
  if (margin !== undefined) return { offset: margin, slope: 1 };
  // Of the numerator's share: g₁ = (1 − r) g₀, so the missing ones are r + (1 − r) of those of the stable side.
  return direction === 'higherIsWorse'
    ? { offset: 0, slope: 1 + relativeMargin }
    : { offset: Math.min(1, relativeMargin), slope: Math.max(1e-9, 1 - relativeMargin) };
}

export function at({ offset, slope }: Boundary, share: number): number {
  return Math.min(1, offset + slope * share);
}
