/**
 * Follows one customer's exchange and hands it to the recorder when the primary's answer is complete, as Envoy's script
 * does.
 */
import { BodySample, type SamplePolicy } from '../../capture/bytes/index.ts';
import { ObservedLeg, type RawLeg } from '../../capture/index.ts';
import type { Side } from '../../sides/index.ts';
import type { Counters, ExchangeRecorder } from '../recorder/index.ts';

export interface RecordedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly hasBody: boolean;
}

export interface RecordingPorts {
  readonly primary: Side;
  readonly recorder: Pick<ExchangeRecorder, 'take'>;
  readonly counters: Counters;
  readonly sample: SamplePolicy;
}

export class Recording {
  readonly #ports: RecordingPorts;
  readonly #request: RecordedRequest;
  readonly #at = Date.now();
  readonly #body: BodySample | null;
  readonly #leg: ObservedLeg;
  #whole: boolean;
  #over = false;

  constructor(ports: RecordingPorts, request: RecordedRequest) {
    this.#ports = ports;
    this.#request = request;
    this.#body = request.hasBody ? new BodySample(ports.sample) : null;
    this.#whole = !request.hasBody;
    this.#leg = new ObservedLeg(ports.sample);
  }

  requestChunk(chunk: Buffer): void {
    if (this.#over || this.#body === null) return;
    this.#body.add(chunk);
    if (this.#body.bytes > this.#ports.sample.cap) this.#drop('oversize');
  }

  requestEnd(): void {
    this.#whole = true;
    this.#leg.sent();
  }

  head(status: number, fields: readonly string[]): void {
    this.#leg.head(status, fields);
  }

  chunk(chunk: Buffer): void {
    if (!this.#over) this.#leg.chunk(chunk);
  }

  answered(trailers: readonly string[]): void {
    this.#leg.trailers(trailers);
    this.#hand(this.#leg.answered());
  }

  failed(error: unknown): void {
    this.#hand(this.#leg.failed(error));
  }

  /** Called when the client has left. */
  aborted(): void {
    if (!this.#over) this.#drop('aborted');
  }

  #hand(leg: RawLeg): void {
    if (this.#over) return;
    // The primary answered before the request was complete, so there is no whole request to copy.
    if (!this.#whole) {
      this.#drop('error');
      return;
    }
    this.#over = true;
    const { requestId, method, target, headers } = this.#request;
    const { primary, recorder } = this.#ports;
    const exchange = { at: this.#at, requestId, method, target, headers, primary, leg, http2: false };
    recorder.take(this.#body === null ? exchange : { ...exchange, requestBody: this.#body.capture() });
  }

  #drop(reason: 'oversize' | 'aborted' | 'error'): void {
    this.#over = true;
    this.#ports.counters.drop(reason);
  }
}
