/** The state machine as the simulation runs it. */
import { type Program, programOf } from '../../rehearsal/simulation/definition.ts';
import { sharedAssembly } from './assembly.ts';

export async function sharedProgram(): Promise<Program> {
  return programOf(await sharedAssembly());
}
