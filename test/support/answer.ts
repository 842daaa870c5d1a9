import {
  CAPTURE_VERSION,
  type CapturedBody,
  type CaptureRecord,
  type HeaderList,
  type ResponseLeg,
} from '../../capture/format/record.ts';

export const AT = '2026-11-24T08:00:00.000Z';

/** Returns an answer with this body and these header fields. */
export function answer(
  body: string | Uint8Array,
  headers: HeaderList = [['Content-Type', 'application/json']],
  rest: Partial<ResponseLeg> = {},
): ResponseLeg {
  return {
    outcome: 'response',
    status: 200,
    headers,
    body: typeof body === 'string' ? textBody(body) : binaryBody(body),
    timing: { firstByteMs: 1, totalMs: 1 },
    ...rest,
  };
}

export function textBody(data: string): CapturedBody {
  return { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false };
}

export function binaryBody(bytes: Uint8Array): CapturedBody {
  return { encoding: 'base64', data: Buffer.from(bytes).toString('base64'), bytes: bytes.length, truncated: false };
}

/** Returns a record of two answers to GET /x, unless a test overrides the request. */
export function pairOf(
  stable: CaptureRecord['stable'],
  candidate: CaptureRecord['candidate'],
  request: Partial<CaptureRecord['request']> = {},
): CaptureRecord {
  return {
    v: CAPTURE_VERSION,
    ingress: 'g',
    requestId: 'r',
    at: AT,
    route: 'GET /x',
    request: { method: 'GET', target: '/x', headers: [['Host', 'shop.test']], ...request },
    primary: 'stable',
    stable,
    candidate,
  };
}
