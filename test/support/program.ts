/** The machine as the simulation runs it. `npm run mutants` hands it over: to synthesise it for each mutant would take longest. */
import { readFileSync } from 'node:fs';
import { type Program, programOf } from '../../rehearsal/simulation/definition.ts';
import { sharedAssembly } from './assembly.ts';

export async function sharedProgram(): Promise<Program> {
  const given = process.env.CROSSFADE_PROGRAM;
  return given === undefined ? programOf(await sharedAssembly()) : JSON.parse(readFileSync(given, 'utf8'));
}
