/** What rules say within one body. */
import type { BodyDifference } from '../model/index.ts';

export type ArrayRule =
  | { readonly id: string; readonly kind: 'unordered' }
  /** `steps`: the decoded steps of the pointer, within an element, to what tells elements apart. */
  | { readonly id: string; readonly kind: 'keyed'; readonly steps: readonly string[] };

export interface BodyRules {
  /** The rule for the order of the elements of the array at a JSON pointer. */
  arrayRule(pointer: string): ArrayRule | null;
  /** The difference as a rule classes it, or as it is. */
  judge(difference: BodyDifference): BodyDifference;
}
