/**
 * Payloads in goreplay's format (`--output-file`): a line `kind id nanoseconds latency`, the message, and a separator
 * line of monkeys.
 */
import type { OneSidedExchange, RecordedResponse } from './exchange.ts';
import { type HttpMessage, httpMessage } from './http-message.ts';
import { piecesOfRecording } from './pieces.ts';

const SEPARATOR = Buffer.from('\n🐵🙈🙉\n');
const REQUEST = '1';
/** The answer of the recorded service; 3 is that of the service to which it was replayed. */
const RESPONSE = '2';
/**
 * At most this many requests wait for their answers, which may not have been recorded (`--input-raw-track-response`).
 */
const MAX_WAITING = 10_000;

interface Asked {
  readonly at: number;
  readonly request: OneSidedExchange['request'];
}

/**
 * Requests without an answer are returned when that many others wait, or at the end.
 * @throws Error that names the payload
 */
export async function* goreplayExchanges(source: AsyncIterable<Buffer>): AsyncGenerator<OneSidedExchange> {
  const waiting = new Map<string, Asked>();
  let count = 0;
  for await (const payload of piecesOfRecording(source, endOfPayload, 'payload')) {
    count++;
    const { kind, id, at, message } = payloadIn(payload.subarray(0, -SEPARATOR.length), count);
    if (kind === REQUEST) {
      waiting.set(id, asked(at, httpOf(message, false, count)));
      const [oldest, request] = waiting.size > MAX_WAITING ? (waiting.entries().next().value ?? []) : [];
      if (oldest === undefined || request === undefined) continue;
      waiting.delete(oldest);
      yield unanswered(request);
      continue;
    }
    const request = kind === RESPONSE ? waiting.get(id) : undefined;
    if (request === undefined) continue;
    waiting.delete(id);
    const ms = Math.max(0, at - request.at);
    const isHead = request.request.method === 'HEAD';
    yield { ...request, response: responseOf(message, isHead, ms, count), totalMs: ms };
  }
  for (const request of waiting.values()) yield unanswered(request);
}

/** Includes the separator after it. */
function endOfPayload(buffer: Buffer): number | null {
  const at = buffer.indexOf(SEPARATOR);
  return at < 0 ? null : at + SEPARATOR.length;
}

function payloadIn(payload: Buffer, count: number) {
  const end = payload.indexOf('\n');
  const [, kind = '', id = '', nanos] = /^([123]) ([0-9a-zA-Z]+) (\d+)/.exec(payload.toString('latin1', 0, end)) ?? [];
  if (nanos === undefined) throw new Error(`payload ${count} does not begin with its kind, id and time`);
  return { kind, id, at: Number(BigInt(nanos) / 1_000_000n), message: payload.subarray(end + 1) };
}

function httpOf(message: Buffer, bodiless: boolean, count: number): HttpMessage {
  const http = httpMessage(message, bodiless);
  if (http === null) throw new Error(`payload ${count} is not an HTTP/1.1 message`);
  return http;
}

function asked(at: number, { start, headers, body, cut }: HttpMessage): Asked {
  const [method = '', target = ''] = start.split(' ');
  // In requests to a proxy, the target includes the host (RFC 9112, 3.2.2).
  const path = target.replace(/^https?:\/\/[^/?]*/i, '');
  return {
    at,
    request: { method, target: path.startsWith('/') ? path : `/${path}`, headers, body: cut ? null : body },
  };
}

function responseOf(message: Buffer, isHead: boolean, firstByteMs: number, count: number): RecordedResponse {
  const status = Number(/^HTTP\/\S+ (\d{3})\b/.exec(message.toString('latin1', 0, 20))?.[1] ?? Number.NaN);
  const { headers, body, cut, start } = httpOf(message, isHead || status === 204 || status === 304, count);
  const final = Number(start.split(' ')[1]);
  if (!(final >= 100)) throw new Error(`payload ${count} has no status`);
  return { status: final, headers, body, cut, firstByteMs };
}

function unanswered(request: Asked): OneSidedExchange {
  return { ...request, response: null, totalMs: 0 };
}
