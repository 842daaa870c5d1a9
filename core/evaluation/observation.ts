/** What an evaluation gives. */

/** What an observation came to, whichever phase made it. */
export interface Observation {
  readonly decision: 'advance' | 'hold' | 'rollback';
  /** A sentence with the figure that decided. */
  readonly reason: string;
  /** The phase or stage begins again, at the same weights. */
  readonly restart?: true;
  /** With `hold`: what is wrong came through the mirror alone, so that is closed, and the phase goes on. */
  readonly closesMirror?: true;
}

/** An observation, and the comparison behind it where there was one. */
export interface Observed {
  readonly observation: Observation;
  readonly verdict?: Observation & { readonly metrics: readonly unknown[] };
}
