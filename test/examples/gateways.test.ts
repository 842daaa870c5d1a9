import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAPTURE_VERSION, type CaptureRecord, type Leg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { type Child, startChild } from '../../rehearsal/machine/child.ts';
import { chooseCandidate, NODE_GATEWAY, UPSTREAM } from '../../rehearsal/scenario/gateways.ts';

const candidate = await chooseCandidate();
const isGo = candidate.label.startsWith('gateway-go');
if (!isGo) {
  if (process.env.CROSSFADE_REQUIRE_GO === '1')
    throw new Error('CROSSFADE_REQUIRE_GO=1, but there is no Go 1.22 or newer');
  console.log(
    'examples: the Go gateway is left out (no Go 1.22 or newer on this machine); the Node gateway is compared with itself',
  );
}

let children: Child[];
let urls: readonly [string, string];
beforeAll(async () => {
  const upstream = await startChild({ name: 'upstream', ...UPSTREAM, env: { PORT: '0' } });
  const env = {
    PORT: '0',
    BIND: '127.0.0.1',
    LOG_LEVEL: 'silent',
    FAULT_PORT: '0',
    UPSTREAM_URL: `http://127.0.0.1:${upstream.port('port')}`,
  };
  const gateways = await Promise.all([
    startChild({ name: 'stable', ...NODE_GATEWAY, env }),
    startChild({ name: 'candidate', ...candidate.command, env }),
  ]);
  children = [upstream, ...gateways];
  urls = [`http://127.0.0.1:${gateways[0].port('port')}`, `http://127.0.0.1:${gateways[1].port('port')}`];
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.stop()));
});

async function leg(url: string, method: string, path: string, body: string | undefined): Promise<Leg> {
  const headers = { 'x-request-id': 'r-1', ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  const data = await response.text();
  return {
    outcome: 'response',
    status: response.status,
    headers: [...response.headers],
    body: { encoding: 'utf8', data, bytes: Buffer.byteLength(data), truncated: false },
    timing: { firstByteMs: 1, totalMs: 1 },
  };
}

async function compared(method: string, path: string, body?: string) {
  const [stable, other] = await Promise.all(urls.map((url) => leg(url, method, path, body)));
  if (stable === undefined || other === undefined) throw new Error('two answers were expected');
  const record: CaptureRecord = {
    v: CAPTURE_VERSION,
    ingress: 'g',
    requestId: 'r',
    at: '2026-11-24T08:00:00.000Z',
    route: path,
    request: { method, target: path },
    primary: 'stable',
    stable,
    candidate: other,
  };
  const { verdict, differences } = compareRecord(record);
  return { verdict, differences: differences.filter((difference) => difference.severity !== 'noise') };
}

describe('the two gateways', () => {
  it.each([
    ['GET', '/items', undefined],
    ['HEAD', '/items', undefined],
    ['GET', '/items/2', undefined],
    ['GET', '/items/99', undefined],
    ['POST', '/items', '{"name":"Bellows"}'],
    ['POST', '/items', '{"name":""}'],
    ['POST', '/items', '{'],
    ['DELETE', '/items/1', undefined],
    ['GET', '/orders/7', undefined],
    ['GET', '/orders/5000', undefined],
    ['GET', '/nothing', undefined],
    ['GET', '/healthz', undefined],
  ])('answer %s %s alike', async (method, path, body) => {
    const { verdict, differences } = await compared(method, path, body);
    expect(differences).toEqual([]);
    expect(verdict).toBe('same');
  });

  it('keep the name of a request', async () => {
    for (const url of urls) {
      const response = await fetch(`${url}/items`, { headers: { 'x-request-id': 'mine' } });
      await response.text();
      expect(response.headers.get('x-request-id')).toBe('mine');
    }
  });

  it('show the injected parity fault as what it is', async () => {
    const fault = (body: string) =>
      fetch(`http://127.0.0.1:${children[2]?.port('faultPort')}/fault`, { method: 'POST', body });
    await fault('{"parity":true}');
    expect((await compared('GET', '/items/2')).differences).toMatchObject([
      { pointer: '/tags', cause: 'null-for-empty-array' },
    ]);
    await fault('{}');
    expect((await compared('GET', '/items/2')).verdict).toBe('same');
  });
});
