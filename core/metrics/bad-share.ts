/**
 * Every comparison uses bad shares, so that higher is always worse. If fewer of something is worse, the missing ones
 * are bad. A share and its complement have the same likelihood, so nothing is lost.
 */
import type { CountMetric, MetricPoint } from '../model/index.ts';
import type { Boundary } from './binary-bets.ts';

type Directed = Pick<CountMetric, 'direction'>;

export function badOf({ direction }: Directed, { n, x }: MetricPoint): number {
  return direction === 'higherIsWorse' ? x : n - x;
}

/** Converts a share of the numerator (0 to 1) to a bad share and back, since it is its own inverse. */
export function badShare({ direction }: Directed, share: number): number {
  return direction === 'higherIsWorse' ? share : 1 - share;
}

/** The candidate's bad share at which it is worse by exactly the margin. */
export function marginLine(metric: CountMetric): Boundary {
  const { margin, relativeMargin = 0, direction } = metric;
  if (margin !== undefined) return { offset: margin, slope: 1 };
  // For the numerator's share g₁ = (1 − r) g₀, the missing ones are r + (1 − r) times those of stable.
  return direction === 'higherIsWorse'
    ? { offset: 0, slope: 1 + relativeMargin }
    : { offset: Math.min(1, relativeMargin), slope: Math.max(1e-9, 1 - relativeMargin) };
}

export function at({ offset, slope }: Boundary, share: number): number {
  return Math.min(1, offset + slope * share);
}
