/** Why an operation on a listener is refused, and what makes it possible. Both are fragments without a full stop. */
export interface ListenerRefusal {
  readonly why: string;
  readonly mend: string;
}

/** One text for each reason, for errors and the decision log. */
export function refusalText({ why, mend }: ListenerRefusal): string {
  return `${why}; ${mend}`;
}
