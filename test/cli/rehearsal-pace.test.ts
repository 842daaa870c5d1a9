import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paceOn } from '../../cli/rehearse/pace.ts';

describe('the pace of a rehearsal', () => {
  it('is the usual one where there is a processor for it', () => {
    expect([paceOn(0, 1), paceOn(1.9, 2), paceOn(4, 2)]).toEqual(Array(3).fill({ speed: 60, rps: 600 }));
  });

  it('is slower on a busy machine, with as many requests a simulated second', () => {
    expect(paceOn(8, 2)).toEqual({ speed: 30, rps: 300 });
  });

  it('is never too slow to be watched, and never faster than usual', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 512 }),
        (load, processors) => {
          const { speed, rps } = paceOn(load, processors);
          expect(speed).toBeGreaterThanOrEqual(10);
          expect(speed).toBeLessThanOrEqual(60);
          expect(rps / speed).toBeCloseTo(10);
        },
      ),
    );
  });
});
