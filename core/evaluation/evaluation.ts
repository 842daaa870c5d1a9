/** One evaluation of the present phase, from evidence to observation. */
import { settled } from '../gate/index.ts';
import type { Deployment } from '../model/index.ts';
import { observeSoak, observeStage } from './canary.ts';
import { heldBy, lengthOf } from './deadlines.ts';
import type { Evidence, PresentRun } from './evidence.ts';
import { gapIn, longestUndecided } from './evidence-gap.ts';
import { hardStop, obstacleOf } from './hard-stops.ts';
import { withHooks } from './hooks.ts';
import { observeMirror } from './mirrored-customers.ts';
import type { Observed } from './observation.ts';
import { onRevision } from './revision.ts';
import { observeExercise, observeShadow } from './shadow.ts';
import { steer } from './steering.ts';

/**
 * Pure: the same plan, evidence and time give the same decision, so the log can be replayed (core/phases/replay.ts). A
 * hard stop rolls back at once. A gap in the evidence blocks promotion, never a rollback, and for no longer than
 * `maxHold`; a candidate that has most customers and that nobody sees goes back sooner (core/gate/load-balancer.ts).
 */
export function observe(deployment: Deployment, state: PresentRun, seen: Evidence, now: number): Observed {
  const stop = hardStop(deployment, state, seen);
  if (stop !== null) return { observation: { decision: 'rollback', reason: stop } };
  const known = settled(seen.minutes, now, state.plan.gate.settleAfter);
  const observed = observePhase(deployment, state, { ...seen, minutes: known }, now);
  const { decision, reason, effect } = observed.observation;
  if (decision === 'rollback' || effect === 'closeMirror') return observed;
  const anew = onRevision(state, seen.revised);
  if (anew !== null) return { ...observed, observation: anew };
  const obstacle = obstacleOf(deployment, state, seen);
  const held = obstacle ?? (decision === 'advance' ? gapIn(state, known, now) : null);
  const longest = obstacle === null ? longestUndecided(state, known, now) : lengthOf(state).maxHold;
  const found = held === null ? observed.observation : heldBy(`${held} ${reason}`, state, now, longest);
  const safe = obstacle === null && seen.parity?.status !== 'dirty';
  const steered = steer(found, state.steered, safe);
  const voted = withHooks(steered, seen.hooks);
  const isHeld = steered.decision === 'advance' && voted.decision === 'hold';
  return { ...observed, observation: isHeld ? heldBy(voted.reason, state, now, lengthOf(state).maxHold) : voted };
}

function observePhase(deployment: Deployment, state: PresentRun, seen: Evidence, now: number): Observed {
  if (state.phase === 'stage') return observeStage(state, seen, now);
  if (state.phase === 'shadow' || state.phase === 'exercise') {
    const mirrored = observeMirror(state, seen.minutes);
    if (mirrored !== null) return mirrored;
  }
  if (seen.parity === null) return { observation: { decision: 'hold', reason: 'Parity was not read.' } };
  switch (state.phase) {
    case 'shadow':
      return { observation: observeShadow(deployment, state, seen.alarms, seen.parity, now) };
    case 'exercise':
      return { observation: observeExercise(state, seen.parity, now) };
    default:
      return observeSoak(state, seen, seen.parity, now);
  }
}
