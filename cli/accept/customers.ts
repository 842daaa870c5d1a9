/** The customers of an acceptance: an open loop of requests, counted by the side that answered. */
import { type Load, type LoadTick, startLoad } from '../../rehearsal/load/index.ts';

/** What they request: the candidate answers `/fail` with 500, and stable answers it like any other path. */
type Mood = 'content' | 'provoking';

export interface Tally {
  readonly stable: number;
  readonly candidate: number;
  readonly failed: number;
}

export class Customers {
  readonly #url: string;
  readonly #rps: number;
  #load: Load | null = null;
  #tally = { stable: 0, candidate: 0, failed: 0 };

  constructor(url: string, rps: number) {
    this.#url = url;
    this.#rps = rps;
  }

  async ask(mood: Mood): Promise<void> {
    await this.stop();
    const path = mood === 'content' ? '/items/{n}' : '/fail/{n}';
    this.#load = startLoad({ url: this.#url, rps: this.#rps, mix: [{ method: 'GET', path, weight: 1 }] }, (tick) =>
      this.#add(tick),
    );
  }

  /** Counts since the last call. */
  count(): Tally {
    const tally = this.#tally;
    this.#tally = { stable: 0, candidate: 0, failed: 0 };
    return tally;
  }

  async stop(): Promise<void> {
    const load = this.#load;
    this.#load = null;
    await load?.stop();
  }

  #add({ sides }: LoadTick): void {
    for (const [side, { ok, failed }] of Object.entries(sides)) {
      if (side === 'stable') this.#tally.stable += ok + failed;
      if (side === 'candidate') this.#tally.candidate += ok + failed;
      this.#tally.failed += failed;
    }
  }
}
