import { CAPTURE_VERSION, type CaptureRecord, type Leg } from '../../capture/format/record.ts';

const OK: Leg = {
  outcome: 'response',
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: { encoding: 'utf8', data: '{"ok":true}', bytes: 11, truncated: false },
  timing: { firstByteMs: 5, totalMs: 6 },
};

/** Returns a pair that both sides answered alike, unless a test overrides a part of it. */
export function captured(overrides: Partial<CaptureRecord> = {}): CaptureRecord {
  return {
    v: CAPTURE_VERSION,
    ingress: 'gateway',
    requestId: 'r',
    at: '2026-11-24T08:00:00.000Z',
    route: '/items',
    request: { method: 'GET', target: '/items' },
    primary: 'stable',
    stable: OK,
    candidate: OK,
    ...overrides,
  };
}
