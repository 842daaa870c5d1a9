/**
 * Protects a dead shadow from repeated requests: after a number of consecutive failures it is left alone for a while,
 * then asked once, and that answer decides.
 */

const FAILURES_TO_OPEN = 20;
const OPEN_MS = 5_000;

export class Breaker {
  #failures = 0;
  #openUntil: number | undefined;
  #asking = false;

  /** Whether a request may be sent now. A request that is sent while the breaker is open is the one that decides. */
  admits(now: number): boolean {
    if (this.#openUntil === undefined) return true;
    if (now < this.#openUntil || this.#asking) return false;
    this.#asking = true;
    return true;
  }

  isOpen(): boolean {
    return this.#openUntil !== undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#asking = false;
  }

  failed(now: number): void {
    this.#failures++;
    this.#asking = false;
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntil = now + OPEN_MS;
  }
}
