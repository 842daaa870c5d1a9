/** Sends copies: limited in number, time and size, and never waited for. */
import type { Dispatcher } from 'undici';
import type { SamplePolicy } from '../../capture/bytes/index.ts';
import { ObservedLeg, type RawLeg } from '../../capture/index.ts';
import { SHADOW_FIELD } from '../../http/index.ts';
import { rawFields } from '../message/index.ts';
import { Breaker } from './breaker.ts';
import type { Counters } from './counters.ts';

/** A longer answer is cut off. It is a bad sign, and reading it would take resources from the customers' mirror. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

export interface CopyRequest {
  readonly method: string;
  readonly target: string;
  /** Names and values, alternating. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Whether to ask the side over HTTP/2, if the sender supports it. */
  readonly http2?: boolean;
}

export interface ShadowOptions {
  readonly dispatcher: Dispatcher;
  readonly counters: Counters;
  readonly sample: SamplePolicy;
  /** How many copies, including their captures, may be in progress at once. */
  readonly maxInFlight: number;
  /** Milliseconds from the dispatch of a copy to its last byte. */
  readonly deadlineMs: number;
  /** Fields that tell a proxy on the way about the copy. @default - none */
  readonly marks?: (request: CopyRequest) => readonly string[];
  /** Interprets an answer that came through a proxy. @default - the answer is taken unchanged */
  readonly read?: (leg: RawLeg) => RawLeg;
}

export class Shadow {
  readonly #options: ShadowOptions;
  readonly #breaker = new Breaker();
  #reserved = 0;

  constructor(options: ShadowOptions) {
    this.#options = options;
  }

  /** Reserves a place for a capture until {@link Shadow.release}, or says why there is none. */
  reserve(): 'busy' | 'breaker' | null {
    if (this.#reserved >= this.#options.maxInFlight) return 'busy';
    if (!this.#breaker.admits(performance.now())) return 'breaker';
    this.#reserved++;
    return null;
  }

  release(): void {
    this.#reserved--;
  }

  /** Whether copies are being held back because too many in a row failed. */
  breakerOpen(): boolean {
    return this.#breaker.isOpen();
  }

  /** Sends a copy for a place that was reserved. Never rejects: a failure is returned as a failed leg. */
  copy(request: CopyRequest): Promise<RawLeg> {
    return new Promise((resolve) => this.#send(request, resolve));
  }

  #send(request: CopyRequest, done: (leg: RawLeg) => void): void {
    const { dispatcher, counters, sample, deadlineMs, marks = () => [], read = (leg) => leg } = this.#options;
    counters.copies++;
    const copy = new Copy(sample, deadlineMs, (raw) => {
      const leg = read(raw);
      if (leg.outcome === 'failed' || leg.body.bytes > MAX_RESPONSE_BYTES) this.#breaker.failed(performance.now());
      else this.#breaker.succeeded();
      done(leg);
    });
    const { method, target, headers, body } = request;
    try {
      // undici's types list the methods that it knows, but any token is accepted.
      const options: Dispatcher.DispatchOptions = { method: method as Dispatcher.HttpMethod, path: target, body };
      dispatcher.dispatch(
        { ...options, headers: [...headers, SHADOW_FIELD, '1', ...marks(request)], bodyTimeout: 0, headersTimeout: 0 },
        copy,
      );
    } catch (error) {
      queueMicrotask(() => copy.onResponseError(null, error));
    }
  }
}

class Copy implements Dispatcher.DispatchHandler {
  readonly #leg: ObservedLeg;
  readonly #timer: NodeJS.Timeout;
  #done: ((leg: RawLeg) => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(sample: SamplePolicy, deadlineMs: number, done: (leg: RawLeg) => void) {
    this.#leg = new ObservedLeg(sample);
    this.#done = done;
    this.#timer = setTimeout(() => this.#stop(new DeadlineError(deadlineMs)), deadlineMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done === undefined) controller.abort(new DeadlineError(0));
    else this.#leg.sent();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#leg.head(status, rawFields(controller.rawHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#leg.chunk(chunk);
    if (this.#leg.bytes <= MAX_RESPONSE_BYTES) return;
    this.#finish(this.#leg.answered());
    controller.abort(new Error('longer than a copy may be'));
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#leg.trailers(rawFields(controller.rawTrailers));
    this.#finish(this.#leg.answered());
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#finish(this.#leg.failed(error));
  }

  #stop(error: Error): void {
    this.#finish(this.#leg.failed(error));
    this.#controller?.abort(error);
  }

  #finish(leg: RawLeg): void {
    clearTimeout(this.#timer);
    const done = this.#done;
    this.#done = undefined;
    done?.(leg);
  }
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  constructor(ms: number) {
    super(`no whole answer within ${ms} ms`);
  }
}
