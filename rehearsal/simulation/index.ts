/** A complete simulated cutover: from one seed, on one simulated clock, with the faults of AWS and of people. */
export { rehearseCampaign } from './campaign.ts';
export { definitionOf, type MachineDefinition, type Program, programOf } from './definition.ts';
export { MET, type Met, type Violation } from './observer.ts';
export { draw, printScenario, read, type SimulatedScenario } from './scenario/index.ts';
export { shrink } from './shrink.ts';
export { type Outcome, type SimulationOptions, simulate } from './simulation.ts';
