import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../rehearsal/simulation/definition.ts';
import { simulate } from '../../rehearsal/simulation/simulation.ts';
import { sharedProgram } from '../support/program.ts';
import { KEPT_STORIES } from './kept-stories.ts';

const UNHEARD = new Map(KEPT_STORIES).get('dead-side-red-mirror-unheard.txt');

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe('what the simulation once found stays mended:', () => {
  it.each(KEPT_STORIES)('%s', async (_name, scenario) => {
    const { violations, ends } = await simulate(program, scenario);
    expect(violations).toEqual([]);
    // A story in which no run gets anywhere would break no invariant either.
    const gotSomewhere = Object.keys(ends).some((end) => end === 'SUCCEEDED' || end.endsWith('Crossfade.RolledBack'));
    expect(gotSomewhere, JSON.stringify(ends)).toBe(true);
  });
});

it('a mirror whose red alarm nobody heard keeps its customers, unless the watchdog reads the level', async () => {
  if (UNHEARD === undefined) throw new Error('the story is kept');
  const { violations } = await simulate(program, UNHEARD, {
    wrap: (deps, handler) =>
      handler === 'watchdog' ? { ...deps, alarms: { ...deps.alarms, read: async () => [] } } : deps,
  });
  expect(violations).toContainEqual(
    expect.objectContaining({ invariant: 'dead side', what: expect.stringContaining("the mirror's alarm is red") }),
  );
});
