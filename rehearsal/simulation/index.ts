/** The whole of a cutover, simulated: from one seed, on one virtual clock, with the faults that AWS and people make. */
export { type Program, programOf } from './definition.ts';
export { draw } from './draw.ts';
export type { Handlers } from './handlers.ts';
export { REAL_HANDLERS } from './handlers.ts';
export { INVARIANTS, type Invariant, type Violation } from './observer.ts';
export { read, type Scenario, tell } from './scenario.ts';
export { shrink } from './shrink.ts';
export { type Outcome, type SimulationOptions, simulate } from './simulation.ts';
