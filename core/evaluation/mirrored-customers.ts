/** The mirror stands in the path of some customers: how they fare votes. */
import { bothWays, decideGate, shadowPolicyOf } from '../gate/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

type Verdict = ReturnType<typeof decideGate>;

/** In the soak the mirror passes its requests to the candidate: they are the candidate's customers too, whichever way they come. */
export function withMirrored(minutes: readonly MinuteEvidence[]): readonly MinuteEvidence[] {
  return minutes.map((minute) => ({
    ...minute,
    candidate: bothWays(minute.candidate, minute.mirror ?? null),
    mirror: null,
  }));
}

/** In the shadow and its exercise: the customers whose requests pass through the mirror, against those whose do not, on the same minutes; null unless they fare worse. */
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
      reason: `Customers whose requests pass through the mirror fare worse than the others; the mirror is closed. As seen with the mirror for candidate: ${verdict.reason}`,
    },
    verdict,
  };
}
