/** The whole of a cutover, simulated: from one seed, on one virtual clock, with the faults that AWS and people make. */
export { rehearseCampaign } from './campaign.ts';
export { definitionOf, type MachineDefinition, type Program, programOf } from './definition.ts';
export { MET, type Met, type Violation } from './observer.ts';
export { draw, printScenario, read, type SimulatedScenario } from './scenario/index.ts';
export { shrink } from './shrink.ts';
export { type Outcome, type SimulationOptions, simulate } from './simulation.ts';
