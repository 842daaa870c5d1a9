import { describe, expect, it } from 'vitest';
import { burstSize, type Period } from '../../core/gate/bets/overdispersion.ts';
import { binomial, generator } from '../support/random.ts';

const DAY = 1440;

/** A day of minutes in which failures come in groups of `size`, at a rate that may change. */
function day(seed: number, size: number, rate: (minute: number) => number, requests = 6_000): Period[] {
  const random = generator(seed);
  return Array.from({ length: DAY }, (_, minute) => ({
    n: requests,
    x: size * binomial(random, requests / size, rate(minute)),
  }));
}
const steady = () => 0.005;

describe('bursts of failures', () => {
  it.each([3, 5, 10])('are found, with their size, when failures come %i at a time', (size) => {
    for (const seed of [1, 2, 3]) {
      const found = burstSize(day(seed, size, steady)) ?? 0;
      expect(found / size).toBeGreaterThan(0.75);
      expect(found / size).toBeLessThan(1.33);
    }
  });

  it('are not found where each failure has a cause of its own, in two hundred days', () => {
    const found = Array.from({ length: 200 }, (_, seed) => burstSize(day(seed, 1, steady)));
    expect(found.filter((burst) => burst !== null)).toEqual([]);
  });

  it('are not taken from a rate that drifts with the hour, or jumps when a neighbour comes', () => {
    const hours = (minute: number) => 0.005 * (1.5 + Math.sin((2 * Math.PI * minute) / DAY));
    const neighbour = (minute: number) => (minute % 60 < 10 ? 0.05 : 0.005);
    expect(burstSize(day(7, 1, hours))).toBeNull();
    expect(burstSize(day(8, 1, neighbour))).toBeNull();
  });

  it('are looked for over longer windows where failures are few, and not told of where there are too few', () => {
    const rare = burstSize(day(3, 5, () => 0.0005)) ?? 0;
    expect(rare).toBeGreaterThan(2.5);
    expect(burstSize(day(3, 5, () => 0.00001))).toBeNull();
    expect(burstSize([])).toBeNull();
    expect(burstSize([{ n: 100, x: 0 }])).toBeNull();
  });
});
