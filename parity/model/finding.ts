/** Why two values differ: a cause, and advice if it can be more precise than the table's. */
import type { Cause } from '../causes/index.ts';

export interface Finding {
  readonly cause: Cause;
  readonly advice?: string;
}
