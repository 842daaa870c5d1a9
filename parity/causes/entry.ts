/** What the catalogue says of a cause. */
import type { Severity } from './severity.ts';

export interface CatalogueEntry {
  /** Applies unless a rule says otherwise. */
  readonly severity: Severity;
  readonly title: string;
  /** What a developer should change or know. */
  readonly advice: string;
  /**
   * Only means that one value was replaced by another of the same type. An `ignore` rule or noise at that place excuses
   * it.
   */
  readonly ofValue?: boolean;
  /** For a header field that both sides send: concerns more than the value, which alone may vary. */
  readonly ofFieldForm?: boolean;
  /**
   * Never excused by variation of the stable side: something was lost, was not compared, or must not happen even by
   * chance.
   */
  readonly neverNoise?: boolean;
  /** Excerpts are text, not JSON. */
  readonly ofText?: boolean;
  /** Shows a single setting or habit of the program, wherever it occurs, so all its places are one piece of work. */
  readonly ofProgram?: boolean;
  /** On an error page, only the wording differs. */
  readonly ofWording?: boolean;
  /** The cause of which this one was a part: rules and baselines that name that one still mean this one, too. */
  readonly formerly?: string;
}

type Traits = Omit<CatalogueEntry, 'severity' | 'title' | 'advice'>;

const ofSeverity =
  (severity: Severity) =>
  (title: string, advice: string, traits: Traits = {}): CatalogueEntry => ({ severity, title, advice, ...traits });

export const breaking = ofSeverity('breaking');
export const undecided = ofSeverity('undecided');
export const benign = ofSeverity('benign');
export const noise = ofSeverity('noise');
