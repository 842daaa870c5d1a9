/** Simulated time, for every thread; a worker that tells the time loads nothing else. */
export { type ClockSource, clockReader, ScaledClock, type VirtualClock } from './clock.ts';
