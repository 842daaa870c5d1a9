/**
 * One side's answer while it is being observed. Both sides are timed between the same two points: from the moment when
 * the whole request was handed to the side's socket, to the first and to the last byte that came back. Time during
 * which a slow client held back the answer is not counted.
 */
import { BodySample, type RawBody, type SamplePolicy } from './bytes/index.ts';

export type FailureReason = 'refused' | 'reset' | 'timeout' | 'protocol';

export type RawLeg =
  | {
      readonly outcome: 'response';
      readonly status: number;
      /** Names and values, alternating. */
      readonly headers: readonly string[];
      readonly body: RawBody;
      readonly firstByteMs: number;
      readonly totalMs: number;
    }
  | { readonly outcome: 'failed'; readonly reason: FailureReason; readonly detail: string; readonly totalMs: number };

export class ObservedLeg {
  readonly #sample: BodySample;
  #startedAt = performance.now();
  #status = 0;
  #headers: readonly string[] = [];
  #firstByteMs = 0;
  #heldSince: number | undefined;
  #heldMs = 0;

  constructor(policy: SamplePolicy) {
    this.#sample = new BodySample(policy);
  }

  /** Bytes of the response body received so far. */
  get bytes(): number {
    return this.#sample.bytes;
  }

  /** Marks the moment when the whole request has been sent. */
  sent(): void {
    this.#startedAt = performance.now();
  }

  head(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
    // A server may begin to answer before the request is complete.
    this.#firstByteMs = Math.max(0, performance.now() - this.#startedAt);
  }

  /** Adds trailers after the header fields; in gRPC they include the status. */
  trailers(fields: readonly string[]): void {
    this.#headers = [...this.#headers, ...fields];
  }

  chunk(chunk: Buffer): void {
    this.#sample.add(chunk);
  }

  /** Marks that the client currently accepts no more data. */
  held(): void {
    this.#heldSince ??= performance.now();
  }

  released(): void {
    if (this.#heldSince !== undefined) this.#heldMs += performance.now() - this.#heldSince;
    this.#heldSince = undefined;
  }

  answered(): RawLeg {
    this.released();
    return {
      outcome: 'response',
      status: this.#status,
      headers: this.#headers,
      body: this.#sample.capture(),
      firstByteMs: this.#firstByteMs,
      totalMs: this.#elapsed(),
    };
  }

  failed(error: unknown): RawLeg {
    this.#sample.discard();
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: 'failed', reason: reasonOf(error), detail, totalMs: this.#elapsed() };
  }

  #elapsed(): number {
    return Math.max(this.#firstByteMs, performance.now() - this.#startedAt - this.#heldMs);
  }
}

function reasonOf(error: unknown): FailureReason {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  if (/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND)$/.test(code)) return 'refused';
  if (/TIMEOUT|ABORT/.test(code) || /Timeout|Abort|Deadline/.test(name)) return 'timeout';
  return code.startsWith('HPE_') || /HTTPParser|HeadersOverflow|ContentLengthMismatch/.test(name)
    ? 'protocol'
    : 'reset';
}
