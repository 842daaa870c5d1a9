/** Which of a service's JSON pointers (RFC 6901, with `*` for one segment and `**` for any number) a place is at, step by step. */

/** States of all patterns that are open, each once: the work for a step does not grow with the depth. */
export type PointerProgress = readonly number[];

export class Pointers {
  /** By state: the segment that leads on; null where a pattern ends. */
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

  /** `**` may stand for nothing. */
  #closed(states: readonly number[]): PointerProgress {
    const all = new Set(states);
    for (const state of all) if (this.#segments[state] === '**') all.add(state + 1);
    return [...all];
  }
}
