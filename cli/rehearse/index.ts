/** Commands that run against the local cloud. */
export { chaosCommand } from './chaos.ts';
export { rehearseCommand } from './rehearse.ts';
