/** Why something must not be done on a listener, and what makes it possible: both fragments, without a full stop. */
export interface ListenerRefusal {
  readonly why: string;
  readonly mend: string;
}

/** For errors and the decision log, which hold one text for each reason. */
export function refusalText({ why, mend }: ListenerRefusal): string {
  return `${why}; ${mend}`;
}
