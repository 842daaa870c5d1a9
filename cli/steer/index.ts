/** Commands that start, follow, steer and sign off a run. */
export { abortCommand, abortRun } from './abort.ts';
export { callerArn } from './caller.ts';
export { waitCommand, watchCommand } from './follow.ts';
export { cutoverId, type Ledger, openLedger, soFar } from './run-of.ts';
export { historyCommand, listCommand } from './runs.ts';
export { answerPending, approveCommand, refuseCommand } from './signoff.ts';
export { startCommand } from './start.ts';
export { pauseCommand, promoteCommand, resumeCommand, retryCommand, steerRun } from './steering.ts';
