/** One side's answer while it is being observed: timings from the moment the request left, and a sample of the body. */
import type { Leg } from '../parity/record.ts';
import { BodySample } from './body-sample.ts';
import { redactHeaders } from './redact.ts';

export class LegObserver {
  readonly #startedAt = performance.now();
  readonly #sample = new BodySample();
  readonly #key: string;
  #status = 0;
  #headers: readonly string[] = [];
  #firstByteMs = 0;

  constructor(redactionKey: string) {
    this.#key = redactionKey;
  }

  head(status: number, rawHeaders: readonly string[]): void {
    this.#status = status;
    this.#headers = rawHeaders;
    this.#firstByteMs = performance.now() - this.#startedAt;
  }

  chunk(chunk: Buffer): void {
    this.#sample.add(chunk);
  }

  answered(): Leg {
    return {
      outcome: 'response',
      status: this.#status,
      headers: redactHeaders(this.#headers, this.#key),
      body: this.#sample.capture(),
      timing: { firstByteMs: this.#firstByteMs, totalMs: performance.now() - this.#startedAt },
    };
  }

  failed(error: unknown): Leg {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: 'failed', reason: reasonOf(error), detail, totalMs: performance.now() - this.#startedAt };
  }
}

function reasonOf(error: unknown): 'refused' | 'reset' | 'timeout' | 'protocol' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH') return 'refused';
  if (/TIMEOUT|ABORT/.test(code) || (error instanceof Error && /Timeout|Abort/.test(error.name))) return 'timeout';
  return code.startsWith('HPE_') ? 'protocol' : 'reset';
}
