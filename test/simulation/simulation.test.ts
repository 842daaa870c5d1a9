import { beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { synthesise } from '../../rehearsal/scenario/index.ts';
import {
  draw,
  type Outcome,
  type Program,
  programOf,
  type SimulationOptions,
  simulate,
} from '../../rehearsal/simulation/index.ts';

/** What a submission can wait for; `.ci/run` walks a thousand (`npm run simulate`). */
const SEEDS = 40;

let program: Program;
beforeAll(async () => {
  const synthesis = await synthesise();
  program = programOf(synthesis.assembly);
  await synthesis.dispose();
});

async function outcomes(wrap?: SimulationOptions['wrap']): Promise<Outcome[]> {
  const seen: Outcome[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) seen.push(await simulate(program, draw(seed), wrap ? { wrap } : {}));
  return seen;
}

function broken(seen: readonly Outcome[]): Set<string> {
  return new Set(seen.flatMap(({ violations }) => violations.map(({ invariant }) => invariant)));
}

describe('a simulated cutover', () => {
  it('keeps every invariant under the faults of AWS and of people', async () => {
    const seen = await outcomes();
    const violations = seen.flatMap((outcome, i) =>
      outcome.violations.map((v) => `seed ${i + 1}: ${v.invariant}: ${v.what}`),
    );
    expect(violations).toEqual([]);
    expect(
      seen.reduce((sum, { toSafe }) => sum + toSafe.length, 0),
      'rollbacks',
    ).toBeGreaterThan(10);
    const faults = new Set(seen.flatMap((outcome) => Object.keys(outcome.faults)));
    expect(faults.size, `kinds of faults that acted: ${[...faults].join(', ')}`).toBeGreaterThan(8);
  });

  it('happens again from the same seed, line by line', async () => {
    expect((await simulate(program, draw(7))).trace).toEqual((await simulate(program, draw(7))).trace);
  });
});

describe('the observer has teeth: it finds', () => {
  it('a rollback whose write the listener never sees: the dead candidate keeps its customers', async () => {
    const seen = await outcomes((deps, handler) =>
      handler === 'rollback' || handler === 'watchdog'
        ? { ...deps, ingress: { ...deps.ingress, write: async () => {} } }
        : deps,
    );
    expect(broken(seen)).toContain('dead side');
  });

  it('a rollback that nobody is told of', async () => {
    const seen = await outcomes((deps) => ({ ...deps, notifier: { ...deps.notifier, publish: async () => {} } }));
    expect(broken(seen)).toContain('told');
  });

  it('all traffic on a side that looks healthy and is dead', async () => {
    const healthy: Deps['ingress']['health'] = async () => ({ healthy: 4, unhealthy: 0, registered: 4 });
    const seen = await outcomes((deps) => ({ ...deps, ingress: { ...deps.ingress, health: healthy } }));
    expect(broken(seen)).toContain('dead side');
  });
});
