/** Evaluates the customers whose requests pass through the mirror. */
import { bothWays, decideGate, shadowPolicyOf } from '../gate/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

type Verdict = ReturnType<typeof decideGate>;

/**
 * In the soak the mirror passes its requests to the candidate, so all customers are the candidate's, whichever way they
 * come.
 */
export function withMirrored(minutes: readonly MinuteEvidence[]): readonly MinuteEvidence[] {
  return minutes.map((minute) => ({
    ...minute,
    candidate: bothWays(minute.candidate, minute.mirror ?? null),
    mirror: null,
  }));
}

/**
 * Judges all customers and, if the result is a rollback, those who reach the candidate directly. `direct` is null
 * unless those alone would not roll back, which means that the mirror is failing.
 */
export function judgedEitherWay<Judgement>(
  minutes: readonly MinuteEvidence[],
  judge: (minutes: readonly MinuteEvidence[]) => Judgement,
  goesBack: (judgement: Judgement) => boolean,
): { readonly everybody: Judgement; readonly direct: Judgement | null } {
  const everybody = judge(withMirrored(minutes));
  if (!goesBack(everybody)) return { everybody, direct: null };
  const direct = judge(minutes);
  return { everybody, direct: goesBack(direct) ? null : direct };
}

/**
 * In the shadow and its exercise: compares the customers whose requests pass through the mirror with all others, on the
 * same minutes; null unless they are worse off.
 */
export function observeMirror(
  { plan, baseline }: { readonly plan: Plan; readonly baseline: BaselineSummary | null },
  seen: readonly MinuteEvidence[],
): { readonly observation: Observation; readonly verdict: Verdict } | null {
  const minutes = seen.map((minute) => ({ ...minute, candidate: minute.mirror ?? null, mirror: null }));
  const verdict = decideGate(minutes, shadowPolicyOf(plan, baseline));
  if (verdict.decision !== 'rollback') return null;
  return {
    observation: {
      decision: 'rollback',
      reason: `Customers whose requests pass through the mirror fare worse than the others; the mirror is closed. With the mirror counted as candidate: ${verdict.reason}`,
    },
    verdict,
  };
}
