/** How AWS is called: clients, time, and which failures are worth another try. */
export { CLIENT_OPTIONS } from './clients.ts';
export { systemClock } from './system-clock.ts';
export { aws } from './transient.ts';
