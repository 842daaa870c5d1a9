/** Evaluation of stages and the soak, in which customers reach the candidate and the gate compares. */
import { decideGate, gatePolicyOf, judgeAlone } from '../gate/index.ts';
import { gatePlan, opinionsOf, type Stretch, together, voteOf } from '../metrics/index.ts';
import { COHORT_STAGE, fromIso, type MinuteEvidence, type ParityVerdict } from '../model/index.ts';
import { judgeCohort } from './cohort.ts';
import { earliestOf, elapsedMs, inMinutes, overdue, passedOf } from './deadlines.ts';
import type { Evidence, PresentRun } from './evidence.ts';
import { longestUndecided } from './evidence-gap.ts';
import { judgedEitherWay } from './mirrored-customers.ts';
import type { Observation, Observed } from './observation.ts';

/**
 * A canary stage: rolls back as soon as the candidate is shown to be worse; advances when the evidence is sufficient
 * and the bake is over (or, with `accelerate`, the minimum bake); ends by `onUndecided` after `maxHold`.
 */
export function observeStage(state: PresentRun, seen: Measured, now: number): Observed {
  if (state.stage === COHORT_STAGE) {
    const verdict = judgeCohort(state.plan, state.baseline, seen.minutes);
    return { observation: weigh(state, verdict, seen.minutes, now), verdict };
  }
  const stage = state.plan.stages[state.stage];
  if (stage === undefined) throw new RangeError(`stage ${state.stage} is not in the plan`);
  const policy = gatePolicyOf(gatePlan(state.plan), state.baseline, state.stage);
  const verdict =
    stage.percent === 100 ? judgeAlone(seen.minutes, policy, state.baseline) : decideGate(seen.minutes, policy);
  return weighAll(state, verdict, seen, { now, percent: stage.percent, tests: policy.tests });
}

/**
 * Soak: all requests are the candidate's, so it is held against the baseline of before the cutover, and its answers
 * against the stable side's in reverse shadow. Failures that only those meet who come through the mirror are no reason
 * to go back: the mirror is closed, and whoever it answered reaches the candidate directly, where the next looks see
 * them.
 */
export function observeSoak(state: PresentRun, seen: Measured, parity: ParityVerdict, now: number): Observed {
  const judged = (minutes: readonly MinuteEvidence[]) => judgeSoak(state, { ...seen, minutes }, parity, now);
  if (state.split.mirror === null) return judged(seen.minutes);
  const goesBack = ({ observation }: Observed) => observation.decision === 'rollback';
  const { everybody, direct } = judgedEitherWay(seen.minutes, judged, goesBack);
  if (direct === null) return everybody;
  const reason = `The mirror is closed: without the customers who come through it, the candidate would not be rolled back. With them: ${everybody.observation.reason}`;
  return { ...direct, observation: { decision: 'hold', effect: 'closeMirror', reason } };
}

/** The limits for a candidate that answers everybody. */
export function soakPolicyOf({ plan, baseline }: Pick<PresentRun, 'plan' | 'baseline'>) {
  return gatePolicyOf(gatePlan(plan), baseline, plan.stages.length);
}

function judgeSoak(state: PresentRun, seen: Measured, parity: ParityVerdict, now: number): Observed {
  const policy = soakPolicyOf(state);
  const verdict = judgeAlone(seen.minutes, policy, state.baseline);
  if (parity.status === 'dirty') {
    const reason = `Parity regressed in reverse shadow: ${parity.reasons.join('; ')}.`;
    return { observation: { decision: 'rollback', reason }, verdict };
  }
  const held: GateVerdict =
    verdict.decision === 'advance' && parity.status === 'insufficient'
      ? {
          ...verdict,
          decision: 'hold',
          reason: `Reverse shadow is not enough to tell: ${parity.reasons.join('; ')}. ${verdict.reason}`,
        }
      : verdict;
  return weighAll(state, held, seen, { now, percent: 100, tests: policy.tests });
}

type Measured = Pick<Evidence, 'minutes' | 'metrics'>;
type GateVerdict = NonNullable<Observed['verdict']>;

/**
 * Combines the gate's verdict with the opinions of the plan's own metrics. `tests`: the parts into which α is divided
 * here.
 */
function weighAll(
  state: PresentRun,
  verdict: GateVerdict,
  { minutes: looked, metrics = [] }: Measured,
  { now, percent, tests }: { readonly now: number; readonly percent: number; readonly tests: number },
): Observed {
  const { plan, baseline, since } = state;
  const stretch: Stretch = {
    metrics: plan.metrics,
    baseline: baseline?.metrics ?? {},
    since: fromIso(since),
    now,
    percent,
    silentMinutes: baseline?.silentMinutes ?? 0,
    alpha: plan.gate.alpha / tests,
    beta: plan.gate.beta,
  };
  const opinions = opinionsOf(metrics, stretch);
  const observation = weigh(state, together(verdict, voteOf(opinions)), looked, now);
  return { observation, verdict: { ...verdict, metrics: [...verdict.metrics, ...opinions] } };
}

function weigh(state: PresentRun, verdict: Observation, looked: readonly MinuteEvidence[], now: number): Observation {
  const { decision, reason } = verdict;
  const earliest = earliestOf(state, now);
  const elapsed = elapsedMs(state, now) / 1000;
  if (decision === 'rollback') return { decision, reason };
  if (elapsed < earliest) return { decision: 'hold', reason: `${passedOf(elapsed, earliest)} ${reason}` };
  if (decision === 'advance') return { decision, reason };
  const longest = longestUndecided(state, looked, now);
  if (!overdue(state, now, longest)) return { decision: 'hold', reason };
  return {
    decision: 'rollback',
    reason: `${reason} Undecided for the maximum of ${inMinutes(longest)} after its bake.`,
  };
}
