/**
 * One run of one policy: minutes of traffic through a ramp, seen late, until the gate rolls back or an hour at 100 % is
 * over.
 */
import { failedAtLeast } from '../../core/gate/counts.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { Policy, RampStage } from './policy.ts';
import type { Regression } from './traces.ts';
import type { World } from './world.ts';

/** At the end of minute t the store shows minutes up to t − 1: publication and ingestion take up to a minute. */
const DELAY = 1;
/** Minutes from the decision until the weights are back at zero; the next minute verifies it. */
const RETURN = 1;
/**
 * Minutes that are counted against a policy that stops evaluating at 100 %, because its customers are there for an hour
 * all the same.
 */
const TAIL = 60;

export interface Outcome {
  /** `undecided`: the gate never found the candidate worse, and the stage's maximum hold ended it. */
  readonly end: 'worse' | 'undecided' | 'completed';
  /**
   * The candidate's requests that failed (or were slow, for a slow regression) from the onset to the verified return.
   */
  readonly failed: number;
  /** Minutes; null if the run never got there. */
  readonly toFull: number | null;
}

export function simulate(world: World, policy: Policy): Outcome {
  const { regression, trace } = world.cell;
  const { from, until } = trace.paused ?? { from: 0, until: 0 };
  const gate = policy.gate(world);
  const run: MinuteEvidence[] = [];
  let [failed, index, stageFrom] = [0, 0, 0];
  let toFull: number | null = null;
  let returning: { readonly at: number; readonly end: 'worse' | 'undecided' } | null = null;
  for (let minute = 0; ; minute++) {
    const stage = policy.ramp[index] as RampStage;
    if (stage.percent === 100 && toFull === null) toFull = minute;
    const evidence = world.sample(minute, minute - stageFrom, stage.percent);
    run.push(evidence);
    if (regression !== null && minute >= regression.onset) failed += lossOf(evidence, regression);
    if (returning !== null) {
      if (minute >= returning.at) return { end: returning.end, failed, toFull };
      continue;
    }
    const elapsed = minute + 1 - stageFrom;
    // Paused minutes do not count towards the maximum hold.
    const paused = Math.max(0, Math.min(minute + 1, until) - Math.max(stageFrom, from));
    const last = index === policy.ramp.length - 1;
    const looks = stage.percent >= (policy.from ?? 0) && (!last || elapsed - paused <= stage.bake + stage.maxHold);
    const visible = Math.max(0, run.length - DELAY);
    const answer = looks
      ? gate({
          minute: minute + 1,
          run,
          visible,
          shown: world.shown,
          stageFrom: Math.min(stageFrom, visible),
          percent: stage.percent,
        })
      : 'go';
    const held = answer === 'hold' && stage.maxHold > 0;
    if (answer === 'abort') returning = { at: minute + RETURN, end: 'worse' };
    else if (held && elapsed - paused >= stage.bake + stage.maxHold)
      returning = { at: minute + RETURN, end: 'undecided' };
    else if (last && !held && elapsed >= Math.max(TAIL, stage.bake)) return { end: 'completed', failed, toFull };
    else if (!last && answer === 'go' && elapsed >= stage.bake) [index, stageFrom] = [index + 1, minute + 1];
  }
}

/** The failed (or slow) requests of the candidate's customers. */
function lossOf({ candidate }: MinuteEvidence, { metric, by }: Regression): number {
  if (candidate === null) return 0;
  if (metric === 'slow') return candidate.slow ?? 0;
  return by === 'nobody' ? (candidate.target5xxAtMost ?? 0) : failedAtLeast(candidate);
}
