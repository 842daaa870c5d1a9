/** A listener whose readings are behind its writes, as long as somebody says so. */
import type { RuleWeights } from '../../../core/model/index.ts';

export class LateReadings {
  /** How old every reading is, milliseconds. */
  lagMs = 0;
  readonly #past: { readonly until: number; readonly live: readonly RuleWeights[] }[] = [];

  /** What the listener has had up to now. */
  note(now: number, live: readonly RuleWeights[]): void {
    this.#past.push({ until: now, live });
  }

  /** What is told of it now. */
  of(live: readonly RuleWeights[], now: number): readonly RuleWeights[] {
    const since = now - this.lagMs;
    return this.lagMs === 0 ? live : (this.#past.find(({ until }) => until > since)?.live ?? live);
  }
}
