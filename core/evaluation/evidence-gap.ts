/** What is missing in the evidence, and how long the run waits for it. */
import { evidenceSince, gapOf, settledPrefix } from '../gate/index.ts';
import { COHORT_STAGE, fromIso, type MinuteEvidence } from '../model/index.ts';
import { earliestOf, lengthOf } from './deadlines.ts';
import type { PresentRun } from './evidence.ts';
import { withMirrored } from './mirrored-customers.ts';

/**
 * Ten minutes without a gap, points that arrive up to three minutes late, and two clocks that are off by two minutes
 * each.
 */
const ARRIVAL_SECONDS = 17 * 60;

/** What is missing in the evidence of a stage or a soak that would advance; null if it is complete and fresh. */
export function gapIn(state: PresentRun, known: readonly MinuteEvidence[], now: number): string | null {
  if ((state.phase !== 'stage' && state.phase !== 'soak') || state.stage === COHORT_STAGE) return null;
  const since = evidenceSince(fromIso(state.since), now);
  const share = state.phase === 'soak' ? 1 : state.split.candidatePercent / 100;
  const told = state.phase === 'soak' ? withMirrored(known) : known;
  const silentMinutes = state.baseline?.silentMinutes ?? 0;
  const gap = gapOf(told, { since, now, share, silentMinutes, bakeMs: earliestOf(state, now) * 1000 });
  return gap === null ? null : `Evidence is not complete: ${gap}.`;
}

/**
 * For how many seconds an undecided gate may hold. Missing evidence alone does not roll a run back before every point
 * of the bake has had time to arrive, however short the plan's `maxHold`.
 */
export function longestUndecided(state: PresentRun, known: readonly MinuteEvidence[], now: number): number {
  const { maxHold } = lengthOf(state);
  const late = gapIn(state, known, now) !== null || settledPrefix(known).length < known.length;
  return late ? Math.max(maxHold, state.plan.gate.settleAfter + ARRIVAL_SECONDS) : maxHold;
}
