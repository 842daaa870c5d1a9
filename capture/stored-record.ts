/**
 * Turns a raw capture into the record that is stored: redacted, with its route, in the capture format
 * (capture/format/record.ts).
 */
import type { RawBody } from './bytes/index.ts';
import { CAPTURE_VERSION, type CapturedBody, type CaptureRecord, type Leg } from './format/index.ts';
import type { RawLeg } from './leg.ts';
import type { RawCapture } from './raw-capture.ts';
import { type CaptureRedaction, Redaction, type RedactionRules } from './redaction/index.ts';

/** A client's request id is kept up to this length, in characters. */
const LONGEST_ID = 200;
/** Firehose accepts records of up to 1,000 KiB (https://docs.aws.amazon.com/firehose/latest/dev/limits.html). */
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
  readonly #redaction: Redaction;

  constructor(rules: RecordRules) {
    this.#rules = rules;
    this.#redaction = new Redaction(rules.redaction);
  }

  /** One line of NDJSON. If a capture is too long for the sink, only lengths and hashes of its bodies are kept. */
  line(pair: RawCapture): Buffer {
    const line = (record: CaptureRecord) => Buffer.from(`${JSON.stringify(record)}\n`);
    const whole = line(this.make(pair));
    return whole.length <= LONGEST_LINE ? whole : line(this.make(pair, false));
  }

  /** @param withBodies if false, only lengths and hashes of bodies are kept */
  make(pair: RawCapture, withBodies = true): CaptureRecord {
    const { method, target, headers, requestBody } = pair;
    const { ingress, routes } = this.#rules;
    const redaction = this.#redaction.of([ingress, pair.requestId, pair.at, pair.primary], target);
    const body = (raw: RawBody, fields: readonly string[], part: 'request' | 'response') =>
      withBodies ? redaction.body(raw, fields, part) : redaction.omit(raw, part);
    const fields = redaction.headers(headers, 'request');
    const traceId = TRACE_ID.exec(fields.find(([name]) => name.toLowerCase() === 'traceparent')?.[1] ?? '')?.[1];
    return {
      v: CAPTURE_VERSION,
      ingress,
      requestId: redaction.text(pair.requestId.slice(0, LONGEST_ID), 'id') || 'none',
      ...(traceId === undefined ? {} : { traceId }),
      at: new Date(pair.at).toISOString(),
      route: `${method} ${this.#redaction.route(target, routes)}`,
      request: {
        method,
        target: redaction.target(target),
        headers: fields,
        ...(requestBody === undefined ? {} : { body: body(requestBody, headers, 'request') }),
      },
      primary: pair.primary,
      stable: legOf(pair.stable, redaction, body),
      candidate: legOf(pair.candidate, redaction, body),
      ...(pair.noise === undefined ? {} : { noise: legOf(pair.noise, redaction, body) }),
    };
  }
}

type BodyOf = (raw: RawBody, headers: readonly string[], part: 'response') => CapturedBody;

function legOf(leg: RawLeg, redaction: CaptureRedaction, body: BodyOf): Leg {
  if (leg.outcome === 'failed') return { ...leg, detail: redaction.text(leg.detail, 'detail') };
  const { outcome, status, headers, firstByteMs, totalMs } = leg;
  return {
    outcome,
    status,
    headers: redaction.headers(headers, 'response'),
    body: body(leg.body, headers, 'response'),
    timing: { firstByteMs, totalMs },
  };
}
