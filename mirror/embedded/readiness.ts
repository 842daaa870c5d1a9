/** Whether a primary is reachable, which is all that the mirror's readiness depends on. */
import { request } from 'undici';

const INTERVAL_MS = 2_000;
const TIMEOUT_MS = 1_500;
/**
 * Consecutive failures before a primary counts as unreachable, since one lost answer must not take a mirror out of
 * service.
 */
const FAILURES = 3;

export class Readiness {
  readonly #url: URL;
  readonly #timer: NodeJS.Timeout;
  #failures = 0;

  /**
   * Checks until {@link Readiness.stop}. Any answer below 500 counts; its content concerns only the service's own
   * health check.
   */
  constructor(primary: URL, path: string) {
    this.#url = new URL(path, primary);
    this.#timer = setInterval(() => void this.check(), INTERVAL_MS);
  }

  get ready(): boolean {
    return this.#failures < FAILURES;
  }

  async check(): Promise<void> {
    try {
      const { statusCode, body } = await request(this.#url, {
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        headers: { 'user-agent': 'crossfade-mirror' },
      });
      await body.dump();
      this.#failures = statusCode < 500 ? 0 : this.#failures + 1;
    } catch {
      this.#failures++;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
