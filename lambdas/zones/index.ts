/** Local time in time zones. */
export { wallClock } from './wall-clock.ts';
