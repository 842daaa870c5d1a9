import { beforeAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { type Program, simulate } from '../../rehearsal/simulation/index.ts';
import { SIMULATED_HANDLERS } from '../../rehearsal/simulation/scenario/index.ts';
import { sharedProgram } from '../support/program.ts';
import { firstBroken } from './first-broken.ts';

const START = { type: 'start', at: 120, site: 'a', drill: false } as const;

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe('a simulated cutover', () => {
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
});

describe('the observer has teeth: it finds', () => {
  it('a rollback whose write the listener never sees: the dead candidate keeps its customers', async () => {
    const seed = await firstBroken(program, 'dead side', (deps, handler) =>
      handler === 'rollback' || handler === 'watchdog'
        ? { ...deps, ingress: { ...deps.ingress, write: async () => {} } }
        : deps,
    );
    expect(seed).not.toBeNull();
  });

  it('all traffic on a side that looks healthy and is dead', async () => {
    const healthy: Deps['ingress']['health'] = async () => ({ healthy: 4, unhealthy: 0, registered: 4 });
    const seed = await firstBroken(program, 'dead side', (deps) => ({
      ...deps,
      ingress: { ...deps.ingress, health: healthy },
    }));
    expect(seed).not.toBeNull();
  });
});
