/** Differences that a baseline names: they stay in sight, and no longer count. */
import type { Difference } from '../model/index.ts';

/** Stands where a rule's id would; no rule can have it. */
export const BASELINE_RULE = '(baseline)';

export function isKnown({ rule }: Difference): boolean {
  return rule === BASELINE_RULE;
}
