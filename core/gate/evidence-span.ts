/**
 * From when on a stage or a phase is looked at. Evidence of more than a week does not fit into one reading of the metric store, and a window that slid
 * with every look would begin a new test with each. So the beginning moves in steps, and every span is a test of its own.
 */
const DAY_MS = 86_400_000;
/** A span is as long as a week and at least half as long. */
const STEP_MS = 3.5 * DAY_MS;

/** Instants are milliseconds since the epoch. @param since when the phase or stage began */
export function evidenceSince(since: number, now: number): number {
  return since + Math.max(0, Math.floor((now - since) / STEP_MS) - 1) * STEP_MS;
}

/** How many spans there are within so many seconds. */
export function spansWithin(seconds: number): number {
  return Math.max(1, Math.floor((seconds * 1000) / STEP_MS));
}
