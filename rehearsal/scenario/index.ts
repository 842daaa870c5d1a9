/** One rehearsed cutover, from the first customer to the verdict. */
export { approve } from './approver.ts';
export { Chaos, type ChaosSpec, parseChaos } from './aws-faults.ts';
export { FAULT_EXAMPLES, isOutside, parseFault } from './fault.ts';
export type { OwnServices } from './fleet.ts';
export type { GateEvidence } from './gate-evidence.ts';
export { chooseCandidate, chooseMirror } from './gateways.ts';
export { rehearsable } from './rehearsable-plan.ts';
export { leastRate, rehearsalPlan } from './rehearsal-plan.ts';
export type { RehearsalState } from './rehearsal-state.ts';
export { type RehearsalOptions, rehearse } from './rehearse.ts';
export type { RehearsalProgress, Scenario } from './run-course.ts';
export { cdkEnvironment, type Synthesis, synthesise, synthesiseAside } from './synth.ts';
