/** Why two values differ: a cause and, where it can be said more precisely than the catalogue does, the advice. */
import type { Cause } from '../causes/index.ts';

export interface Finding {
  readonly cause: Cause;
  readonly advice?: string;
}
