/**
 * Parses one exchange as Envoy's script posts it (envoy/script.ts): a line of JSON, then both messages with the lengths
 * that the line states.
 */
import * as z from 'zod';
import type { RawBody } from '../../capture/bytes/index.ts';
import type { RawLeg } from '../../capture/index.ts';
import { SIDES } from '../../sides/index.ts';
import { RequestHead } from '../message/index.ts';
import type { RecordedExchange } from '../recorder/index.ts';
import { answerOf, failureOf } from './proxied-leg.ts';

const length = z.number().int().min(0);
const schema = z.strictObject({
  v: z.literal(2),
  primary: z.enum(SIDES),
  at: length,
  /** When it was handed over, by the same clock. */
  sent: length,
  /** Lengths of the request's head and body, and of the answer's head, body and trailers. */
  sizes: z.tuple([length, length, length, length, length]),
  /** Length of the answer's body on the wire. */
  bytes: length,
  /** 1 if the request's body is in base64, because it contains NUL. */
  coded: z.union([z.literal(0), z.literal(1)]),
  firstByteUs: length,
  totalUs: length,
  /** Envoy's reason, if it generated the answer itself; otherwise empty. */
  failed: z.string(),
  protocol: z.string(),
});

/** An exchange and the time at which Envoy handed it over, in milliseconds since 1970. */
export type HandedOver = RecordedExchange & { readonly sentAt: number };

/** @throws Error if the message is malformed or incomplete */
export function parseExchange(message: Buffer): HandedOver {
  const end = message.indexOf(0x0a);
  if (end < 0) throw new Error('an exchange without its first line');
  const said = schema.parse(JSON.parse(message.toString('latin1', 0, end)));
  const parts = partsOf(message, end + 1, said.sizes);
  const [requestHead, requestBody, head, body, trailers] = parts;
  const request = fieldsOf(requestHead);
  const { fields } = new RequestHead(request.fields);
  const exchange = {
    at: said.at,
    sentAt: said.sent,
    requestId: fieldOf(fields, 'x-request-id'),
    method: request.pseudo(':method'),
    target: request.pseudo(':path'),
    headers: ['host', request.pseudo(':authority'), ...fields],
    primary: said.primary,
    leg: legOf(said, head, body, trailers),
    http2: said.protocol === 'HTTP/2',
  };
  if (requestBody.length === 0) return exchange;
  const sent = said.coded === 1 ? Buffer.from(requestBody.toString('latin1'), 'base64') : requestBody;
  return { ...exchange, requestBody: bodyOf(sent, sent.length) };
}

function legOf(said: z.infer<typeof schema>, head: Buffer, body: Buffer, trailers: Buffer): RawLeg {
  const totalMs = said.totalUs / 1_000;
  if (said.failed !== '') return failureOf(said.failed, totalMs);
  const answer = fieldsOf(head);
  const status = z.coerce.number().int().min(200).max(999).parse(answer.pseudo(':status'));
  return {
    outcome: 'response',
    status,
    headers: [...answerOf(answer.fields), ...fieldsOf(trailers).fields],
    body: bodyOf(body, said.bytes),
    firstByteMs: said.firstByteUs / 1_000,
    totalMs,
  };
}

type Parts = readonly [Buffer, Buffer, Buffer, Buffer, Buffer];

function partsOf(message: Buffer, from: number, sizes: readonly number[]): Parts {
  let at = from;
  const part = (n: number) => {
    const start = at;
    at += sizes[n] ?? 0;
    return message.subarray(start, at);
  };
  const parts: Parts = [part(0), part(1), part(2), part(3), part(4)];
  if (at !== message.length) throw new Error(`an exchange of ${message.length} bytes that says it has ${at}`);
  return parts;
}

function bodyOf(bytes: Buffer, length: number): RawBody {
  return { data: new Uint8Array(bytes), bytes: length, truncated: length > bytes.length };
}

interface Fields {
  /** Names and values alternating, without the pseudo-header fields of HTTP/2. */
  readonly fields: string[];
  /** @throws Error if it is missing */
  pseudo(name: string): string;
}

function fieldsOf(text: Buffer): Fields {
  const fields: string[] = [];
  const pseudo = new Map<string, string>();
  for (const line of text.toString('latin1').split('\r\n')) {
    const colon = line.indexOf(': ', 1);
    if (colon < 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 2)];
    if (name.startsWith(':')) pseudo.set(name, value);
    else fields.push(name, value);
  }
  return {
    fields,
    pseudo(name) {
      const value = pseudo.get(name);
      if (value === undefined) throw new Error(`an exchange without ${name}`);
      return value;
    },
  };
}

function fieldOf(fields: readonly string[], wanted: string): string {
  for (let i = 0; i + 1 < fields.length; i += 2) if (fields[i] === wanted) return fields[i + 1] ?? '';
  return '';
}
