/** The copy: sent at the same moment as the original, bounded in number and time, and never waited for. */
import type { Pool } from 'undici';
import type { Leg } from '../parity/record.ts';
import { Breaker } from './breaker.ts';
import type { Counters } from './counters.ts';
import { SHADOW_HEADER } from './headers.ts';
import { LegObserver } from './leg.ts';

const MAX_IN_FLIGHT = 64;
const DEADLINE_MS = 5_000;

export interface CopyRequest {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly target: string;
  /** Names and values alternating. */
  readonly headers: readonly string[];
}

export class Shadow {
  readonly #pool: Pool;
  readonly #counters: Counters;
  readonly #redactionKey: string;
  readonly #breaker = new Breaker();
  #inFlight = 0;

  constructor(pool: Pool, counters: Counters, redactionKey: string) {
    this.#pool = pool;
    this.#counters = counters;
    this.#redactionKey = redactionKey;
  }

  /** Sends a copy, or drops it with a reason (null). The promise never rejects. */
  copy(request: CopyRequest): Promise<Leg> | null {
    if (!this.#breaker.allows(performance.now())) return this.#drop('breaker');
    if (this.#inFlight >= MAX_IN_FLIGHT) return this.#drop('busy');
    this.#counters.copies++;
    this.#inFlight++;
    return this.#send(request).finally(() => {
      this.#inFlight--;
    });
  }

  /** Copies are being held back because too many in a row failed. */
  breakerOpen(): boolean {
    return !this.#breaker.allows(performance.now());
  }

  #drop(reason: 'breaker' | 'busy'): null {
    this.#counters.drop(reason);
    return null;
  }

  async #send({ method, target, headers }: CopyRequest): Promise<Leg> {
    const observer = new LegObserver(this.#redactionKey);
    try {
      const response = await this.#pool.request({
        method,
        path: target,
        headers: [...headers, SHADOW_HEADER, '1'],
        responseHeaders: 'raw',
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      observer.head(response.statusCode, rawList(response.headers));
      for await (const chunk of response.body) observer.chunk(chunk);
      this.#breaker.succeeded();
      return observer.answered();
    } catch (error) {
      this.#breaker.failed(performance.now());
      return observer.failed(error);
    }
  }
}

/** undici's raw headers come typed as a record; as asked for, they are a list of names and values. */
export function rawList(headers: unknown): string[] {
  return Array.isArray(headers) ? headers.map(String) : [];
}
