/**
 * From when on a stage or a phase is evaluated. Evidence of more than a week does not fit into one reading of the
 * metric store, and a window that moved with every evaluation would begin a new test each time. The beginning therefore
 * moves in steps, and every span is a test of its own.
 */
const DAY_MS = 86_400_000;
/** A span is at most a week long, and at least half a week. */
const STEP_MS = 3.5 * DAY_MS;

/** Instants are milliseconds since the epoch. @param since when the phase or stage began */
export function evidenceSince(since: number, now: number): number {
  return since + Math.max(0, Math.floor((now - since) / STEP_MS) - 1) * STEP_MS;
}

/** The number of spans within the given number of seconds. */
export function spansWithin(seconds: number): number {
  return Math.max(1, Math.floor((seconds * 1000) / STEP_MS));
}
