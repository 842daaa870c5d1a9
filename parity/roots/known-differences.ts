/** Differences that a baseline lists stay visible, but no longer count. */
import type { Difference } from '../model/index.ts';

/** Used in place of a rule's id; no rule can have it. */
export const BASELINE_RULE = '(baseline)';

export function isKnown({ rule }: Difference): boolean {
  return rule === BASELINE_RULE;
}
