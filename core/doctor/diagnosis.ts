/** One line of the doctor's report. */

export const LEVELS = ['ok', 'warn', 'fail'] as const;
export type Level = (typeof LEVELS)[number];

export interface Diagnosis {
  /** The check that produced it; docs/how-to/check-the-account.md lists all checks. */
  readonly check: string;
  readonly level: Level;
  /** A complete sentence: the finding and its consequence. */
  readonly why: string;
  /** What to do about it, with a command if there is one; null if nothing is to be done. */
  readonly mend: string | null;
}

/** Creates the diagnoses of one check. */
export function diagnosesOf(check: string) {
  return {
    ok: (why: string): Diagnosis => ({ check, level: 'ok', why, mend: null }),
    warn: (why: string, mend: string): Diagnosis => ({ check, level: 'warn', why, mend }),
    fail: (why: string, mend: string): Diagnosis => ({ check, level: 'fail', why, mend }),
  };
}

/** `ok` if there are no diagnoses. */
export function worst(diagnoses: readonly Diagnosis[]): Level {
  return diagnoses.reduce<Level>(
    (most, { level }) => (LEVELS.indexOf(level) > LEVELS.indexOf(most) ? level : most),
    'ok',
  );
}

/** Formats a fragment of a foreign message as a sentence. */
export function sentence(fragment: string): string {
  return `${fragment.charAt(0).toUpperCase()}${fragment.slice(1)}.`;
}
