import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paceOn, USUAL_PACE } from '../../cli/rehearse/pace.ts';

const idle = { processors: 2, load: 0, workMs: 30 };

describe('the pace of a rehearsal', () => {
  it('is the usual one where there is a processor for it', () => {
    for (const machine of [idle, { ...idle, processors: 1, load: 1.9 }, { ...idle, load: 4, workMs: 40 }])
      expect(paceOn(1, machine)).toEqual({ ...USUAL_PACE.alone, usual: USUAL_PACE.alone, atOnce: false });
  });

  it('is shared by scenarios that run at once, where there are two processors with time for them', () => {
    expect(paceOn(2, idle)).toEqual({ ...USUAL_PACE.shared, usual: USUAL_PACE.shared, atOnce: true });
    for (const machine of [
      { ...idle, processors: 1 },
      { ...idle, load: 3 },
    ])
      expect(paceOn(2, machine)).toMatchObject({ ...USUAL_PACE.apart, atOnce: false });
  });

  it.each([
    ['busy', { ...idle, load: 8 }],
    ['slow', { ...idle, workMs: 80 }],
  ])(
    'is slower on a %s machine, one scenario after the other, with as many requests a simulated second',
    (_, machine) => {
      for (const scenarios of [1, 2])
        expect(paceOn(scenarios, machine)).toMatchObject({ speed: 30, rps: 300, atOnce: false });
    },
  );

  it('is never too slow to be watched, and never faster than usual', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 512 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (scenarios, load, processors, workMs) => {
          const { speed, rps, usual } = paceOn(scenarios, { processors, load, workMs });
          expect(speed).toBeGreaterThanOrEqual(10);
          expect(speed).toBeLessThanOrEqual(usual.speed);
          expect(rps / speed).toBeCloseTo(10);
        },
      ),
    );
  });
});
