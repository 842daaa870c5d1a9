/** Functions and machines as every construct creates them: permissions, logs and acknowledged findings. */
export { meetDemands } from './account-demands.ts';
export { acknowledge, acknowledgeLogsOnly, acknowledgeTask, acknowledgeWildcard } from './acknowledge.ts';
export { HandlerFunction, type RightsHolder, statementOf } from './handler-function.ts';
export { keptLogs } from './kept-logs.ts';
export { allowItems, itemsOf, itemsOfRuns } from './ledger-items.ts';
export { LINUX_ON_ARM } from './linux-on-arm.ts';
export { LAMBDA_TRANSIENT, observedMachine } from './observed-machine.ts';
export { forOwnAccount } from './own-account.ts';
export { allowSecret } from './secret-access.ts';
