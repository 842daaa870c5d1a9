/** In the shadow and its exercise the mirror stands in the path of some customers: how they fare votes. */
import { decideGate, shadowPolicyOf } from '../gate/index.ts';
import type { BaselineSummary, MinuteEvidence, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

type Verdict = ReturnType<typeof decideGate>;

/** The customers whose requests pass through the mirror, against those whose do not, on the same minutes; null unless they fare worse. */
export function observeMirror(
  { plan, baseline }: { readonly plan: Plan; readonly baseline: BaselineSummary | null },
  seen: readonly MinuteEvidence[],
): { readonly observation: Observation; readonly verdict: Verdict } | null {
  const minutes = seen.map((minute) => ({ ...minute, candidate: minute.mirror ?? null }));
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
