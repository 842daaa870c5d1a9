/** One root cause as a report shows it: what to change, where it shows, and how to see it. */
import type { Cause, Severity } from '../parity/causes/index.ts';
import type { CauseSample } from '../parity/tally/index.ts';

export interface TodoItem {
  readonly severity: Severity;
  readonly cause: Cause;
  readonly title: string;
  /** A field, a key, a change of status or type; empty where the cause says it all. */
  readonly subject: string;
  /** A baseline names it: it does not count. */
  readonly known: boolean;
  /** For the first sample. */
  readonly advice: string;
  /** Captures that have it, of those that its routes have. */
  readonly captures: number;
  readonly of: number;
  readonly differences: number;
  readonly routes: readonly string[];
  /** The most frequent first. */
  readonly places: readonly { readonly route: string; readonly place: string }[];
  readonly samples: readonly (Omit<CauseSample, 'advice'> & { readonly route: string })[];
  /** Commands for the first sample, one for each side. */
  readonly curl: { readonly stable: string; readonly candidate: string } | null;
}
