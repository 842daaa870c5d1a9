/** Converts a recorded exchange to a line of one side's log. */
import { isUtf8 } from 'node:buffer';
import type { CapturedBody, Leg } from '../../../capture/format/index.ts';
import { LEG_LOG_FORMAT, type LegLine } from './leg-log.ts';
import type { OneSidedExchange } from './recordings/index.ts';

export function legLineOfExchange({ at, request, response, totalMs }: OneSidedExchange): LegLine {
  const { method, target, headers, body } = request;
  return {
    format: LEG_LOG_FORMAT,
    at: new Date(at).toISOString(),
    request: {
      method: method.toUpperCase(),
      target,
      headers,
      ...(body === null || body.length === 0 ? {} : { body: wholeBody(body) }),
    },
    leg: legOf(response, totalMs),
  };
}

function legOf(response: OneSidedExchange['response'], totalMs: number): Leg {
  if (response === null || 'failure' in response) {
    const detail = response?.failure ?? 'the recording has no answer';
    return { outcome: 'failed', reason: 'reset', detail, totalMs };
  }
  const { status, headers, body, cut, firstByteMs } = response;
  const kept = wholeBody(body ?? Buffer.alloc(0));
  return {
    outcome: 'response',
    status,
    headers,
    body: { ...kept, truncated: cut || body === null },
    timing: { firstByteMs, totalMs },
  };
}

/** A complete body. */
export function wholeBody(data: Buffer): CapturedBody {
  const encoding = isUtf8(data) ? 'utf8' : 'base64';
  return { encoding, data: data.toString(encoding), bytes: data.length, truncated: false };
}
