/** The result of an evaluation. */

/** The result of an observation, in any phase. */
export interface Observation {
  readonly decision: 'advance' | 'hold' | 'rollback';
  /** A sentence with the figure that decided. */
  readonly reason: string;
  /** The phase or stage begins again, with the same weights. */
  readonly restart?: true;
  /** With `hold`: only requests through the mirror are affected, so the mirror is closed and the phase continues. */
  readonly closesMirror?: true;
}

/** An observation, and the comparison on which it is based, if any. */
export interface Observed {
  readonly observation: Observation;
  readonly verdict?: Observation & { readonly metrics: readonly unknown[] };
}
