/**
 * Tracks step by step which of a service's JSON pointers (RFC 6901, with `*` for one segment and `**` for any number)
 * match the current place.
 */

/**
 * The states of all patterns that still match, each listed once, so that the work for a step does not grow with the
 * depth.
 */
export type PointerProgress = readonly number[];

export class Pointers {
  /** For each state, the segment that leads to the next one; null at the end of a pattern. */
  readonly #segments: (string | null)[] = [];
  readonly start: PointerProgress;

  constructor(pointers: readonly string[]) {
    const starts: number[] = [];
    for (const pointer of pointers) {
      starts.push(this.#segments.length);
      const segments = pointer.split('/').slice(1);
      this.#segments.push(...segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~')), null);
    }
    this.start = this.#closed(starts);
  }

  step(progress: PointerProgress, name: string): PointerProgress {
    if (progress.length === 0) return progress;
    const next: number[] = [];
    for (const state of progress) {
      const segment = this.#segments[state];
      if (segment === '**') next.push(state);
      else if (segment === '*' || segment === name) next.push(state + 1);
    }
    return this.#closed(next);
  }

  /** Whether a pattern ends here. */
  hit(progress: PointerProgress): boolean {
    return progress.some((state) => this.#segments[state] === null);
  }

  /** Adds the states that are reached if `**` matches no segment. */
  #closed(states: readonly number[]): PointerProgress {
    const all = new Set(states);
    for (const state of all) if (this.#segments[state] === '**') all.add(state + 1);
    return [...all];
  }
}
