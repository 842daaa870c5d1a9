/** Faults that are injected in front of a service that cannot inject them itself. */

export interface TargetFault {
  /** Share of the requests that a target answers with 500. */
  readonly errors?: number;
  /** Share of the requests whose connection a target resets. */
  readonly resets?: number;
  /** Additional latency of each answer, in real milliseconds. */
  readonly latencyMs?: number;
}

/** Decides the fate of one request. @param random uniform in [0, 1) */
export function fateOf({ errors = 0, resets = 0 }: TargetFault, random: number): 'error' | 'reset' | 'served' {
  if (random < errors) return 'error';
  return random < errors + resets ? 'reset' : 'served';
}
