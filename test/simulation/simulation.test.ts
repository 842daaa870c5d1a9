import { beforeAll, describe, expect, it } from 'vitest';
import { draw, type Outcome, type Program, simulate } from '../../rehearsal/simulation/index.ts';
import { INVARIANTS } from '../../rehearsal/simulation/observer.ts';
import { sharedProgram } from '../support/program.ts';
import { firstBroken } from './first-broken.ts';
import { PLANTED } from './planted.ts';

/** Few enough seeds for a submission to wait for; `.ci/run` runs a thousand (`npm run simulate`). */
const SEEDS = 12;

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe('a simulated cutover', () => {
  it('keeps every invariant under the faults of AWS and of people', async () => {
    const seen: Outcome[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) seen.push(await simulate(program, draw(seed)));
    const violations = seen.flatMap((outcome, i) =>
      outcome.violations.map((v) => `seed ${i + 1}: ${v.invariant}: ${v.what}`),
    );
    expect(violations).toEqual([]);
    expect(
      seen.reduce((sum, { toSafe }) => sum + toSafe.length, 0),
      'rollbacks',
    ).toBeGreaterThan(SEEDS / 2);
    const ends = seen.flatMap((outcome) => Object.entries(outcome.ends));
    const runs = ends.reduce((sum, [, n]) => sum + n, 0);
    const completed = ends.reduce((sum, [end, n]) => sum + (end === 'SUCCEEDED' ? n : 0), 0);
    expect(completed / runs, 'a simulation in which hardly a run completes looks at nothing').toBeGreaterThan(0.25);
    const faults = new Set(seen.flatMap((outcome) => Object.keys(outcome.faults)));
    expect(faults.size, `kinds of faults that acted: ${[...faults].join(', ')}`).toBeGreaterThan(8);
  });

  it('happens again from the same seed, line by line', async () => {
    expect((await simulate(program, draw(7))).trace).toEqual((await simulate(program, draw(7))).trace);
  });
});

describe('the observer has teeth: it finds', () => {
  it('a rollback that nobody is told of', async () => {
    const silent = { publish: async () => {} };
    expect(await firstBroken(program, 'told', (deps) => ({ ...deps, notifier: silent }))).not.toBeNull();
  });

  it('of each invariant a fault that is planted to break it', () => {
    const broken = new Set(PLANTED.flatMap((plant) => plant().breaks));
    expect(INVARIANTS.filter((invariant) => !broken.has(invariant))).toEqual([]);
  });
});
