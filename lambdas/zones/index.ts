/** The wall clocks of time zones. */
export { wallClock } from './wall-clock.ts';
