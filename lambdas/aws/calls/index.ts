/** How AWS is called: clients, time, and which failures are worth retrying. */
export { CLIENT_OPTIONS } from './clients.ts';
export { systemClock } from './system-clock.ts';
export { aws } from './transient.ts';
