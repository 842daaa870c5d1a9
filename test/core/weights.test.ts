import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSafe,
  MAX_WEIGHT,
  SAFE_SPLIT,
  sameWeights,
  shareOf,
  type TrafficSplit,
  weightsFor,
} from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';

/** Percentages as a plan allows them: multiples of 0.1. */
const tenths = (min: number, max: number) => fc.integer({ min: min * 10, max: max * 10 }).map((n) => n / 10);

const splits: fc.Arbitrary<TrafficSplit> = fc.oneof(
  tenths(0, 100).map((candidatePercent) => ({ candidatePercent, mirror: null })),
  tenths(0.1, 100).map((percent) => ({ candidatePercent: 0, mirror: { face: 'forward' as const, percent } })),
  tenths(0.1, 100).map((percent) => ({ candidatePercent: 100, mirror: { face: 'reverse' as const, percent } })),
);

describe('rule weights', () => {
  it('keep every group in its rule, within 0 to 999, never all zero', () => {
    fc.assert(
      fc.property(splits, (split) => {
        for (const [i, rule] of weightsFor(DEPLOYMENT, split).entries()) {
          expect(rule.groups).toHaveLength(DEPLOYMENT.rules[i]?.roles.length ?? 0);
          expect(rule.groups.every((g) => Number.isInteger(g.weight) && g.weight >= 0 && g.weight <= MAX_WEIGHT)).toBe(
            true,
          );
          expect(rule.groups.some((g) => g.weight > 0)).toBe(true);
          expect(rule.sticky).toBe(false);
        }
      }),
    );
  });

  it('give each side the share that the plan says, to a thousandth', () => {
    fc.assert(
      fc.property(splits, (split) => {
        for (const rule of weightsFor(DEPLOYMENT, split)) {
          expect(shareOf(DEPLOYMENT, rule, ['candidate', 'mirrorReverse'])).toBeCloseTo(
            split.candidatePercent / 100,
            3,
          );
        }
      }),
    );
  });

  it('mirror only in rules that have the mirror', () => {
    const [mirrored, plain] = weightsFor(DEPLOYMENT, { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } });
    expect(mirrored?.groups.map((g) => g.weight)).toEqual([95, 0, 5, 0]);
    expect(plain?.groups.map((g) => g.weight)).toEqual([100, 0]);
  });

  it('let a mirror take no more than the side that it answers from has', () => {
    const groupsOf = (candidatePercent: number, face: 'forward' | 'reverse') =>
      weightsFor(DEPLOYMENT, { candidatePercent, mirror: { face, percent: 20 } })[0]?.groups.map((g) => g.weight);
    expect(groupsOf(90, 'forward')).toEqual([0, 90, 10, 0]);
    expect(groupsOf(10, 'reverse')).toEqual([90, 0, 0, 10]);
  });

  it('are not safe while a cookie beats them', () => {
    expect(isSafe(DEPLOYMENT, weightsFor(DEPLOYMENT, SAFE_SPLIT))).toBe(true);
    const sticky = weightsFor(DEPLOYMENT, SAFE_SPLIT).map((rule) => ({ ...rule, sticky: true }));
    expect(isSafe(DEPLOYMENT, sticky)).toBe(false);
  });

  it('are all on the stable side when safe', () => {
    expect(weightsFor(DEPLOYMENT, SAFE_SPLIT).map((r) => r.groups.map((g) => g.weight))).toEqual([
      [100, 0, 0, 0],
      [100, 0],
    ]);
  });

  it('are compared without regard to order', () => {
    const weights = weightsFor(DEPLOYMENT, { candidatePercent: 10, mirror: null });
    const shuffled = [...weights].reverse().map((r) => ({ ...r, groups: [...r.groups].reverse() }));
    expect(sameWeights(weights, shuffled)).toBe(true);
    expect(
      sameWeights(
        weights,
        shuffled.map((r) => ({ ...r, sticky: true })),
      ),
    ).toBe(false);
    expect(sameWeights(weights, weightsFor(DEPLOYMENT, { candidatePercent: 11, mirror: null }))).toBe(false);
  });
});
