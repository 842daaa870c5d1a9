/** Step Functions: executions of the synthesised definition. */
export { type Definition, definitionSchema, MAX_PAYLOAD, UNCATCHABLE } from './definition.ts';
export type { LocalExecution } from './execution.ts';
export { statusChangeEvent } from './execution-events.ts';
export { statesOperations } from './states-operations.ts';
export { LocalMachine } from './step-functions.ts';
