/** Tests the simulation itself: each fault that it was built to find is planted again, and must be found. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../rehearsal/simulation/definition.ts';
import { draw } from '../../rehearsal/simulation/scenario/index.ts';
import { simulate } from '../../rehearsal/simulation/simulation.ts';
import { sharedProgram } from '../support/program.ts';
import { PLANTED } from './planted.ts';

const SEEDS = 1_000;

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe(`within ${SEEDS} seeds the simulation finds that`, () => {
  it.each(PLANTED.map((plant) => [plant().what, plant] as const))('%s', async (what, plant) => {
    const { breaks, from = 1 } = plant();
    let found: string | null = null;
    for (let seed = from; seed < from + SEEDS && found === null; seed++) {
      const { violations } = await simulate(program, draw(seed), plant());
      const hit = violations.find(({ invariant }) => breaks.includes(invariant));
      if (hit !== undefined) found = `${hit.invariant}, seed ${seed}`;
    }
    console.log(`${what}: ${found ?? 'NOT FOUND'}`);
    expect(found).not.toBeNull();
  });
});
