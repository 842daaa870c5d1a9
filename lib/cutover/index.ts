/** The complete cutover: `DualStackCutover`, and the parts that nothing else uses. */
export { executionsArn } from './arns.ts';
export { checkCutover } from './check-cutover.ts';
export { CutoverFunctions, type CutoverFunctionsProps } from './cutover-functions.ts';
export { CutoverMachine, type CutoverMachineProps } from './cutover-machine.ts';
export type { CutoverListener, DualStackCutoverProps, ServiceRef } from './cutover-props.ts';
export { aCutover, DualStackCutover, rulesOn } from './dual-stack-cutover.ts';
export { ledgerTable } from './ledger-table.ts';
export { RollbackTriggers, type RollbackTriggersProps } from './rollback-triggers.ts';
