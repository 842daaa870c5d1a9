/** When the present phase may advance at the earliest, and how long it may be held. */
import { COHORT_STAGE, type CutoverState, fromIso } from '../model/index.ts';
import type { PresentRun } from './evidence.ts';
import type { Observation } from './observation.ts';

/** Milliseconds since the present phase or stage began. */
export function elapsedMs(state: Pick<CutoverState, 'since'>, now: number): number {
  return now - fromIso(state.since);
}

/** Seconds after which the present phase or stage may advance; a promotion ends it at once. */
export function earliestOf(state: PresentRun, now: number): number {
  const { bake } = lengthOf(state);
  const { accelerate, minBake } = state.plan.gate;
  const planned = state.phase === 'stage' && accelerate ? Math.min(minBake, bake) : bake;
  return state.steered?.promoted == null ? planned : Math.min(planned, elapsedMs(state, now) / 1000);
}

/** How long the present phase or stage lasts, and how long it may be held beyond that; seconds. */
export function lengthOf({ plan, phase, stage }: PresentRun): { readonly bake: number; readonly maxHold: number } {
  const { shadow, cohort, stages, soak } = plan;
  switch (phase) {
    case 'shadow':
      return { bake: shadow.duration, maxHold: shadow.maxHold };
    case 'exercise':
      return { bake: shadow.exercise, maxHold: shadow.maxHold };
    case 'stage': {
      const at = stage === COHORT_STAGE ? cohort : stages[stage];
      if (at === undefined) throw new RangeError(`stage ${stage} is not in the plan`);
      return at;
    }
    default:
      return { bake: soak.duration, maxHold: soak.maxHold };
  }
}

/** @param longest for how many seconds the phase may be held beyond its bake */
export function overdue(state: PresentRun, now: number, longest: number): boolean {
  const judged = state.phase === 'stage' || state.phase === 'soak';
  if (judged && state.plan.gate.onUndecided === 'hold') return false;
  return overtime(state, now, longest) >= 0;
}

/** For how many seconds the phase has lasted beyond its bake and `longest`, without pauses; negative before. */
export function overtime(state: PresentRun, now: number, longest = lengthOf(state).maxHold): number {
  return elapsedMs(state, now) / 1000 - (state.steered?.pausedSeconds ?? 0) - lengthOf(state).bake - longest;
}

/** Holds with a reason, for up to `longest` seconds beyond the bake, and rolls back after that. */
export function heldBy(reason: string, state: PresentRun, now: number, longest: number): Observation {
  return overdue(state, now, longest)
    ? { decision: 'rollback', reason: `${reason} It was held for its maximum of ${inMinutes(longest)}.` }
    : { decision: 'hold', reason };
}

/** For example `90 min`. */
export function inMinutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}

/** Rounds so that time never appears to be over before it is, or to run backwards if one clock is behind another. */
export function passedOf(elapsed: number, of: number): string {
  return `${Math.max(0, Math.floor(elapsed / 60))} of ${inMinutes(of)} have passed.`;
}
