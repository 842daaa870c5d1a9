/** The rules that apply within one body. */
import type { BodyDifference } from '../model/index.ts';

export type ArrayRule =
  | { readonly id: string; readonly kind: 'unordered' }
  /** `steps`: decoded steps of the pointer, within an element, to the value that identifies it. */
  | { readonly id: string; readonly kind: 'keyed'; readonly steps: readonly string[] };

export interface BodyRules {
  /** The rule about the order of elements for the array at a JSON pointer. */
  arrayRule(pointer: string): ArrayRule | null;
  /** Returns the difference as a rule classifies it, or unchanged. */
  judge(difference: BodyDifference): BodyDifference;
}
