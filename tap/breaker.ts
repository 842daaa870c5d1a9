/** Keeps a dead shadow from being asked again and again: after some failures in a row it is left alone for a while. */

const FAILURES_TO_OPEN = 20;
const OPEN_MS = 5_000;

export class Breaker {
  #failures = 0;
  #openUntil = 0;

  allows(now: number): boolean {
    return now >= this.#openUntil;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(now: number): void {
    this.#failures++;
    if (this.#failures < FAILURES_TO_OPEN) return;
    this.#openUntil = now + OPEN_MS;
    this.#failures = 0;
  }
}
