import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Program } from '../../rehearsal/simulation/definition.ts';
import { read } from '../../rehearsal/simulation/scenario/index.ts';
import { simulate } from '../../rehearsal/simulation/simulation.ts';
import { sharedProgram } from '../support/program.ts';

const STORIES = join(import.meta.dirname, 'stories');

let program: Program;
beforeAll(async () => {
  program = await sharedProgram();
});

describe('what the simulation once found stays mended:', () => {
  it.each(readdirSync(STORIES))('%s', async (name) => {
    const { violations, ends } = await simulate(program, read(readFileSync(join(STORIES, name), 'utf8')));
    expect(violations).toEqual([]);
    // A story in which no run gets anywhere breaks nothing either.
    const gotSomewhere = Object.keys(ends).some((end) => end === 'SUCCEEDED' || end.endsWith('Crossfade.RolledBack'));
    expect(gotSomewhere, JSON.stringify(ends)).toBe(true);
  });
});
