/** Logs why the primary's answer became a 502, at most once a second, so that a dead primary does not fill the log. */
import { withoutSecrets } from '../../capture/redaction/index.ts';

const EVERY_MS = 1_000;

export class FailureLog {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  /** @param now monotonic clock, milliseconds */
  constructor(write: (line: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  primaryFailed(primary: string, error: unknown): void {
    const now = this.#now();
    if (now - this.#last < EVERY_MS) {
      this.#unsaid++;
      return;
    }
    const { code, message } = said(error);
    const event = { event: 'primary failed', primary, code, message: withoutSecrets(message), unsaid: this.#unsaid };
    this.#last = now;
    this.#unsaid = 0;
    this.#write(JSON.stringify(event));
  }
}

function said(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  // Several addresses were tried. Each attempt has a reason, but the aggregate error has none.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { message } = first instanceof Error ? first : error;
  return { code: 'code' in error ? String(error.code) : error.name, message };
}
