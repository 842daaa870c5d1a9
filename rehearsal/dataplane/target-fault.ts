/** Faults that are made before a service which has no means of its own to fail. */

export interface TargetFault {
  /** Share of the requests that a target answers with 500. */
  readonly errors?: number;
  /** Share whose connection a target resets. */
  readonly resets?: number;
  /** Real milliseconds by which each answer comes later. */
  readonly latencyMs?: number;
}

/** What becomes of one request. `random` is uniform in [0, 1). */
export function fateOf({ errors = 0, resets = 0 }: TargetFault, random: number): 'error' | 'reset' | 'served' {
  if (random < errors) return 'error';
  return random < errors + resets ? 'reset' : 'served';
}
