/** The result of an evaluation. */

/** The result of an observation, in any phase. */
export type Observation = {
  /** A sentence with the figure that decided. */
  readonly reason: string;
} & (
  | { readonly decision: 'advance' | 'rollback'; readonly effect?: never }
  /**
   * `restart`: the phase or stage begins again, with the same weights. `closeMirror`: only requests through the mirror
   * are affected, so the mirror is closed and the phase continues.
   */
  | { readonly decision: 'hold'; readonly effect?: 'restart' | 'closeMirror' }
);

/** An observation, and the comparison on which it is based, if any. */
export interface Observed {
  readonly observation: Observation;
  readonly verdict?: Observation & { readonly metrics: readonly unknown[] };
}
