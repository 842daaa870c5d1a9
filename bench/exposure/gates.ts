/**
 * Gates: ours, and those of peers as their documentation and sources describe them. Where a peer leaves the check to
 * its operator, it gets the check from its own documentation or, if there is none, {@link alarm}, which is named here.
 */

import { known } from '../../core/gate/counts.ts';
import type { MinuteEvidence } from '../../core/model/evidence.ts';
import type { World } from './world.ts';

export type Answer = 'abort' | 'hold' | 'go';

/**
 * One evaluation: the metric store shows the first `visible` minutes of the run; minutes from `stageFrom` on belong to
 * this stage.
 */
export interface Look {
  readonly minute: number;
  readonly run: readonly MinuteEvidence[];
  readonly visible: number;
  readonly stageFrom: number;
  readonly percent: number;
  /** The part of a minute that the metric store shows `age` minutes after its end. */
  shown(truth: MinuteEvidence, age: number): MinuteEvidence;
}

/** A gate has state, so each run creates a new one. Only the oracle knows the world itself. */
export type Gate = (look: Look) => Answer;
export type GateMaker = (world: World) => Gate;

interface Sums {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

function candidate({ run, visible }: Look, window: number): Sums {
  let [requests, errors, slow] = [0, 0, 0];
  for (let i = Math.max(0, visible - window); i < visible; i++) {
    const c = run[i]?.candidate;
    if (c == null) continue;
    requests += c.requests;
    errors += known(c.target5xx);
    slow += c.slow ?? 0;
  }
  return { requests, errors, slow };
}

const success = (atLeast: number) => (s: Sums) => 1 - s.errors / s.requests >= atLeast;
/** p99 ≤ 500 ms is the same as "at most one request in a hundred is slow". */
const p99 = (s: Sums) => s.slow / s.requests <= 0.01;

/**
 * Flagger checks every minute and counts failed checks over the whole analysis. A failed check freezes the weight; a
 * minute without values counts as one; the rollback follows at the tick after the one that reached the threshold
 * (fluxcd/flagger, pkg/controller/scheduler.go and scheduler_metrics.go).
 */
const flagger =
  (threshold: number): GateMaker =>
  () => {
    let failures = 0;
    return (look) => {
      if (look.visible === 0) return 'hold';
      if (failures >= threshold) return 'abort';
      const seen = candidate(look, 1);
      if (seen.requests > 0 && success(0.99)(seen) && p99(seen)) return 'go';
      failures++;
      return 'hold';
    };
  };
export const FLAGGER_DOCS = flagger(10);
export const FLAGGER_TUTORIAL = flagger(5);
export const FLAGGER_DEFAULT = flagger(1);

/** Argo Rollouts, success ≥ 95 % over 5 min, every 5 min: more than `failureLimit` failures abort; it never holds. */
const argo =
  (failureLimit: number): GateMaker =>
  () => {
    let failures = 0;
    return (look) => {
      if (look.minute % 5 !== 0) return 'go';
      const seen = candidate(look, 5);
      if (seen.requests > 0 && !success(0.95)(seen)) failures++;
      return failures > failureLimit ? 'abort' : 'go';
    };
  };
export const ARGO_DOCS = argo(3);
export const ARGO_DEFAULT = argo(0);

/** The usual alarm of a load balancer, 5xx ratio > 1 % in 2 of 3 minutes, for peers whose documentation has none. */
export const ALARM: GateMaker =
  () =>
  ({ run, visible }) => {
    let red = 0;
    for (let i = Math.max(0, visible - 3); i < visible; i++) {
      const c = run[i]?.candidate;
      if (c != null && c.requests > 0 && known(c.target5xx) / c.requests > 0.01) red++;
    }
    return red >= 2 ? 'abort' : 'go';
  };

/**
 * Cloud Run Release Manager: 5xx ≤ 1 % over half an hour; below 100 requests it is inconclusive, which holds
 * (pkg/health).
 */
export const CLOUD_RUN: GateMaker = () => (look) => {
  const seen = candidate(look, 30);
  if (seen.requests < 100) return 'hold';
  return seen.errors / seen.requests <= 0.01 ? 'go' : 'abort';
};
