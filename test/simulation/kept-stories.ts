import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { read, type SimulatedScenario } from '../../rehearsal/simulation/scenario/index.ts';

const STORIES = join(import.meta.dirname, 'stories');

/** Scenarios that once broke an invariant, or that random draws hardly ever produce, by their file names. */
export const KEPT_STORIES: readonly (readonly [name: string, scenario: SimulatedScenario])[] = readdirSync(STORIES).map(
  (name) => [name, read(readFileSync(join(STORIES, name), 'utf8'))],
);
