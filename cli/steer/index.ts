/** Commands that start, follow, steer and sign off a run. */
export { abortCommand } from './abort.ts';
export { waitCommand, watchCommand } from './follow.ts';
export { historyCommand, listCommand } from './runs.ts';
export { approveCommand, refuseCommand } from './signoff.ts';
export { startCommand } from './start.ts';
export { pauseCommand, promoteCommand, resumeCommand, retryCommand } from './steering.ts';
