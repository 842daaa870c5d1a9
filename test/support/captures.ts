/** Builds records of the formats that `crossfade diff` reads. */
import type { CaptureRecord, Leg } from '../../capture/format/record.ts';
import { captured } from './captured.ts';

export function answer(data: string, overrides: Partial<Extract<Leg, { outcome: 'response' }>> = {}): Leg {
  return {
    outcome: 'response',
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false },
    timing: { firstByteMs: 5, totalMs: 6 },
    ...overrides,
  };
}

/** Returns a pair on `GET /items/{id}`. Unless bodies are given, both sides answer alike. */
export function pair(requestId: string, stable = '{"id":1}', candidate = stable): CaptureRecord {
  return captured({
    requestId,
    route: 'GET /items/{id}',
    request: { method: 'GET', target: '/items/1' },
    stable: answer(stable),
    candidate: answer(candidate),
  });
}

/** Returns such a pair with a control answer, the second answer of the stable side. */
export function askedTwice(requestId: string, stable: string, candidate: string, again: string): CaptureRecord {
  return { ...pair(requestId, stable, candidate), noise: answer(again) };
}

/** Returns the answer of one side. Without a request id it is identified by its target. */
export function legLine(target: string, data: string, requestId?: string) {
  return {
    format: 'crossfade-leg/1',
    at: '2026-11-24T08:00:00.000Z',
    ...(requestId === undefined ? {} : { requestId }),
    request: { method: 'GET', target },
    leg: answer(data),
  };
}

export function harEntry(url: string, text: string, requestId?: string) {
  const headers = [{ name: 'Content-Type', value: 'application/json' }];
  return {
    startedDateTime: '2026-11-24T08:00:00.000+01:00',
    time: 12.5,
    request: {
      method: 'GET',
      url,
      httpVersion: 'HTTP/1.1',
      headers: requestId === undefined ? [] : [{ name: 'X-Request-ID', value: requestId }],
      queryString: [],
    },
    response: { status: 200, statusText: 'OK', headers, content: { size: text.length, text }, bodySize: -1 },
    timings: { send: 0, wait: 10, receive: 2.5 },
  };
}

export function har(entries: readonly unknown[]): string {
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'a test', version: '1' }, entries } }, null, 2);
}

export function ndjson(lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
}
