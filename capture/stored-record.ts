/** A raw pair as the record that is stored: redacted, with its route, in the capture format (capture/record.ts). */

import { routeOf } from '../http/index.ts';
import type { RawBody } from './body-sample.ts';
import { CAPTURE_VERSION, type CapturedBody, type CaptureRecord, type Leg } from './format/index.ts';
import type { RawLeg } from './leg.ts';
import type { RawPair } from './pair.ts';
import { BodyRedaction } from './redact-body.ts';
import { type RedactionRules, Redactor } from './redact-fields.ts';

/** Ids of clients are kept up to this length. */
const LONGEST_ID = 200;
/** Firehose takes records of 1,000 KiB (https://docs.aws.amazon.com/firehose/latest/dev/limits.html). */
const LONGEST_LINE = 1_000 * 1024;
const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

export interface RecordRules {
  readonly ingress: string;
  /** Route templates such as `/items/{id}`; the first that matches wins. */
  readonly routes: readonly string[];
  readonly redaction: RedactionRules;
}

export class RecordMaker {
  readonly #rules: RecordRules;
  readonly #redactor: Redactor;
  readonly #bodies: BodyRedaction;

  constructor(rules: RecordRules) {
    this.#rules = rules;
    this.#redactor = new Redactor(rules.redaction);
    this.#bodies = new BodyRedaction(rules.redaction, this.#redactor);
  }

  /** One line of NDJSON. A pair that is too long for the sink keeps lengths and hashes of its bodies only. */
  line(pair: RawPair): Buffer {
    const line = (record: CaptureRecord) => Buffer.from(`${JSON.stringify(record)}\n`);
    const whole = line(this.make(pair));
    return whole.length <= LONGEST_LINE ? whole : line(this.make(pair, (body) => this.#bodies.omit(body)));
  }

  make(
    pair: RawPair,
    body: (raw: RawBody, headers: readonly string[]) => CapturedBody = (raw, headers) =>
      this.#bodies.capture(raw, headers),
  ): CaptureRecord {
    const { method, target, headers, requestBody } = pair;
    const fields = this.#redactor.headers(headers);
    const traceId = TRACE_ID.exec(fields.find(([name]) => name.toLowerCase() === 'traceparent')?.[1] ?? '')?.[1];
    return {
      v: CAPTURE_VERSION,
      ingress: this.#rules.ingress,
      requestId: pair.requestId.slice(0, LONGEST_ID) || 'none',
      ...(traceId === undefined ? {} : { traceId }),
      at: new Date(pair.at).toISOString(),
      route: `${method} ${routeOf(target, this.#rules.routes)}`,
      request: {
        method,
        target: this.#redactor.target(target),
        headers: fields,
        ...(requestBody === undefined ? {} : { body: body(requestBody, headers) }),
      },
      primary: pair.primary,
      stable: this.#leg(pair.stable, body),
      candidate: this.#leg(pair.candidate, body),
      ...(pair.noise === undefined ? {} : { noise: this.#leg(pair.noise, body) }),
    };
  }

  #leg(leg: RawLeg, body: (raw: RawBody, headers: readonly string[]) => CapturedBody): Leg {
    if (leg.outcome === 'failed') return leg;
    const { outcome, status, headers, firstByteMs, totalMs } = leg;
    return {
      outcome,
      status,
      headers: this.#redactor.headers(headers),
      body: body(leg.body, headers),
      timing: { firstByteMs, totalMs },
    };
  }
}
