/** One line of the doctor's answer. */

export const LEVELS = ['ok', 'warn', 'fail'] as const;
export type Level = (typeof LEVELS)[number];

export interface Diagnosis {
  /** Which check says so; docs/how-to/check-the-account.md has them all. */
  readonly check: string;
  readonly level: Level;
  /** A whole sentence: what was found, and what it means. */
  readonly why: string;
  /** What to do about it; a command where there is one. Null where nothing is to be done. */
  readonly mend: string | null;
}

/** Makes the diagnoses of one check. */
export function diagnosesOf(check: string) {
  return {
    ok: (why: string): Diagnosis => ({ check, level: 'ok', why, mend: null }),
    warn: (why: string, mend: string): Diagnosis => ({ check, level: 'warn', why, mend }),
    fail: (why: string, mend: string): Diagnosis => ({ check, level: 'fail', why, mend }),
  };
}

/** `ok` for no diagnoses. */
export function worst(diagnoses: readonly Diagnosis[]): Level {
  return diagnoses.reduce<Level>(
    (most, { level }) => (LEVELS.indexOf(level) > LEVELS.indexOf(most) ? level : most),
    'ok',
  );
}

/** A fragment of others' words, as a line begins and ends. */
export function sentence(fragment: string): string {
  return `${fragment.charAt(0).toUpperCase()}${fragment.slice(1)}.`;
}
