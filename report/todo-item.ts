/** One root cause as a report shows it: what to change, where it occurs, and how to reproduce it. */
import type { Cause, Severity } from '../parity/causes/index.ts';
import type { CauseSample } from '../parity/tally/index.ts';

export interface TodoItem {
  readonly severity: Severity;
  readonly cause: Cause;
  readonly title: string;
  /** A field, a key, a change of status or type; empty if the cause is sufficient. */
  readonly subject: string;
  /** Whether a baseline lists it, so that it does not count. */
  readonly known: boolean;
  /** Advice for the first sample. */
  readonly advice: string;
  /** How many captures have it, among those of its routes. */
  readonly captures: number;
  readonly of: number;
  readonly differences: number;
  readonly routes: readonly string[];
  /** Most frequent first. */
  readonly places: readonly { readonly route: string; readonly place: string }[];
  /** Those of them that no sample shows. */
  readonly further: TodoItem['places'];
  readonly samples: readonly (Omit<CauseSample, 'advice'> & { readonly route: string })[];
  /** Commands that reproduce the first sample, one for each side. */
  readonly curl: { readonly stable: string; readonly candidate: string } | null;
}
