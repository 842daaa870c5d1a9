/** One difference between two answers: where, what, how grave, and what a developer should change. */

/** `breaking`: a client may fail. `benign`: no client should notice. `noise`: says nothing. `undecided`: the plan's owner decides. */
export type DifferenceClass = 'breaking' | 'benign' | 'noise' | 'undecided';

/** Stable ids of causes, in the parity catalogue's words. */
export type Cause =
  | 'status'
  | 'no-answer'
  | 'crash-closes-connection'
  | 'media-type'
  | 'header-missing'
  | 'header-added'
  | 'header-value'
  | 'null-for-empty-array'
  | 'null-for-empty-object'
  | 'key-missing'
  | 'key-added'
  | 'type'
  | 'number-value'
  | 'number-format'
  | 'value'
  | 'array-length'
  | 'body-bytes'
  | 'body-uncomparable'
  | 'too-many-differences';

export interface Difference {
  /** `status`, `header:<name>` or `body` + JSON pointer. */
  readonly place: string;
  readonly cause: Cause;
  readonly class: DifferenceClass;
  readonly advice: string;
}
