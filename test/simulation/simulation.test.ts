import { beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../lambdas/tasks/index.ts';
import {
  draw,
  type Outcome,
  type Program,
  type SimulationOptions,
  simulate,
} from '../../rehearsal/simulation/index.ts';
import type { Invariant } from '../../rehearsal/simulation/observer.ts';
import { SIMULATED_HANDLERS } from '../../rehearsal/simulation/scenario/index.ts';
import { sharedProgram } from '../support/program.ts';

/** What a submission can wait for; `.ci/run` walks a thousand (`npm run simulate`). */
const SEEDS = 40;

const START = { type: 'start', at: 120, site: 'a', drill: false } as const;

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

/** Within as many seeds as are walked in CI, the first that breaks the invariant; null: none. */
async function firstBroken(invariant: Invariant, wrap: NonNullable<SimulationOptions['wrap']>): Promise<number | null> {
  for (let seed = 1; seed <= 1_000; seed++) {
    const { violations } = await simulate(program, draw(seed), { wrap });
    if (violations.some((v) => v.invariant === invariant)) return seed;
  }
  return null;
}

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
    ).toBeGreaterThan(10);
    const ends = seen.flatMap((outcome) => Object.entries(outcome.ends));
    const runs = ends.reduce((sum, [, n]) => sum + n, 0);
    const completed = ends.reduce((sum, [end, n]) => sum + (end === 'SUCCEEDED' ? n : 0), 0);
    expect(completed / runs, 'a simulation in which hardly a run completes looks at nothing').toBeGreaterThan(0.25);
    const faults = new Set(seen.flatMap((outcome) => Object.keys(outcome.faults)));
    expect(faults.size, `kinds of faults that acted: ${[...faults].join(', ')}`).toBeGreaterThan(8);
  });

  it('goes through although the clock of any function is wrong by up to two minutes, and metrics come up to three late', async () => {
    const skews = SIMULATED_HANDLERS.flatMap((handler) =>
      [-120, -27, 27, 120].map((seconds) => ({ handler, seconds })),
    );
    for (const [seed, { handler, seconds }] of skews.entries()) {
      const skew = { type: 'skew', site: 'a', handler, seconds } as const;
      const { ends, violations } = await simulate(program, { seed, items: [START, skew] });
      expect({ handler, seconds, ends, violations }).toEqual({
        handler,
        seconds,
        ends: { SUCCEEDED: 1 },
        violations: [],
      });
    }
  });

  it('happens again from the same seed, line by line', async () => {
    expect((await simulate(program, draw(7))).trace).toEqual((await simulate(program, draw(7))).trace);
  });
});

describe('the observer has teeth: it finds', () => {
  it('a rollback whose write the listener never sees: the dead candidate keeps its customers', async () => {
    const seed = await firstBroken('dead side', (deps, handler) =>
      handler === 'rollback' || handler === 'watchdog'
        ? { ...deps, ingress: { ...deps.ingress, write: async () => {} } }
        : deps,
    );
    expect(seed).not.toBeNull();
  });

  it('a rollback that nobody is told of', async () => {
    const silent = { publish: async () => {} };
    expect(await firstBroken('told', (deps) => ({ ...deps, notifier: silent }))).not.toBeNull();
  });

  it('all traffic on a side that looks healthy and is dead', async () => {
    const healthy: Deps['ingress']['health'] = async () => ({ healthy: 4, unhealthy: 0, registered: 4 });
    const seed = await firstBroken('dead side', (deps) => ({ ...deps, ingress: { ...deps.ingress, health: healthy } }));
    expect(seed).not.toBeNull();
  });
});
