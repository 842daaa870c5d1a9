import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refutation, upperBound, withinMargin } from '../../core/gate/bets/confidence-sequence.ts';
import { above, below } from '../../core/gate/bets/fixed-rate.ts';
import { NO_WARM_UP, worse } from '../../core/gate/bets/regression.ts';
import fixture from '../reference/gate.json' with { type: 'json' };
import { binomial, generator } from '../support/random.ts';

const row = z.tuple([z.number(), z.number(), z.number(), z.number()]);
describe("the gate's figures against SciPy (test/reference/gate.py)", () => {
  it.each(fixture.compared)('compares: $name', (known) => {
    const rows = known.minutes.map((m) => row.parse(m));
    const compared = rows.map(([n0, x0, n1, x1]) => ({ n0, x0, n1, x1 }));
    expect(worse(compared).logE).toBeCloseTo(known.worse, 8);
    const tolerance = { ratio: 1.2, absolute: 0 };
    expect(worse(compared, NO_WARM_UP, tolerance).logE).toBeCloseTo(known.tolerated, 8);
    expect(withinMargin(compared, 0.005)).toBeCloseTo(known.within, 8);
    expect(upperBound(refutation(compared), 0.01)).toBeCloseTo(known.upper, 8);
  });

  it.each(fixture.warm)('allows for a warm-up: $name', (known) => {
    const compared = known.minutes.map((m) => row.parse(m)).map(([n0, x0, n1, x1]) => ({ n0, x0, n1, x1 }));
    expect(worse(compared, { minutes: 2, allowance: 0.05 }).logE).toBeCloseTo(known.worse, 8);
    expect(worse(compared, { minutes: 2, allowance: 0.05, left: 0.01 }).logE).toBeCloseTo(known.cooling, 8);
  });

  it.each(fixture.alone)('judges one side alone: $name', (known) => {
    const minutes = known.minutes.map((m) => z.tuple([z.number(), z.number()]).parse(m)).map(([n, x]) => ({ n, x }));
    expect(above(minutes, known.rate).logE).toBeCloseTo(known.above, 8);
    expect(below(minutes, known.rate)).toBeCloseTo(known.below, 8);
  });

  it.each(fixture.binomial)('samples binomials of $n at $p', ({ n, p, mean, sd, q05, q95 }) => {
    const random = generator(3);
    const draws = Array.from({ length: 4_000 }, () => binomial(random, n, p)).sort((a, b) => a - b);
    const average = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(Math.abs(average - mean)).toBeLessThan((4 * sd) / Math.sqrt(draws.length));
    expect(Math.abs((draws[200] ?? 0) - q05)).toBeLessThan(0.12 * sd + 1);
    expect(Math.abs((draws[3_799] ?? 0) - q95)).toBeLessThan(0.12 * sd + 1);
  });
});
