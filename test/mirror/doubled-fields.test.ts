/**
 * Which fields arrive as they were sent if a message has them twice. Envoy keeps one place for some, so they become one
 * with both values; docs/explanation/mirror.md lists them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';
import { primary } from './raw-primary.ts';
import { RawClient } from './rig.ts';

const ENVOY_JOINS = {
  requests:
    `Accept Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Authorization Cache-Control Content-Encoding
    Content-Type If-Match If-Modified-Since If-None-Match If-Range Origin Pragma Referer User-Agent X-Forwarded-For X-Forwarded-Host
    X-Forwarded-Port X-Request-Id`.split(/\s+/),
  answers:
    `Access-Control-Allow-Headers Access-Control-Allow-Origin Access-Control-Expose-Headers Age Cache-Control Content-Encoding
    Content-Type ETag Expires Last-Modified Location Server Vary X-Request-Id`.split(/\s+/),
};
const NOBODY_JOINS =
  `Accept-Language Content-Language Content-Security-Policy Cookie Forwarded Link Set-Cookie Server-Timing WWW-Authenticate
  Warning X-Custom`.split(/\s+/);
const twice = (names: readonly string[]) => names.map((name) => `${name}: a1\r\n${name}: b2\r\n`).join('');
const joined = (head: string, names: readonly string[]) =>
  names.filter((name) => {
    const values = [...head.matchAll(new RegExp(`^${name}: (.*)\r$`, 'gim'))].map(([, value]) => value);
    if (values.join() !== 'a1,b2') throw new Error(`${name}: ${values.join(' and ')}`);
    return values.length === 1;
  });

describe.each(PROXIES)('fields that a message has twice, by %s', (proxy) => {
  const all = {
    requests: [...ENVOY_JOINS.requests, ...NOBODY_JOINS],
    answers: [...ENVOY_JOINS.answers, ...NOBODY_JOINS],
  };
  let asked = '';
  const { server } = primary((socket, request) => {
    if (request.startsWith('GET /twice')) asked = request;
    socket.write(`HTTP/1.1 200 OK\r\n${twice(all.answers)}Content-Length: 2\r\n\r\nok`);
  });
  let mirror: MirrorProcess;
  beforeAll(async () => {
    const port = await portOf(server);
    mirror = await startMirror(proxy, { stable: port, candidate: port, env: { MIRROR_SAMPLE_RATE: '0' } });
  });
  afterAll(() => mirror.stop());

  it('arrive twice, except those of which Envoy keeps one', async () => {
    const client = new RawClient(mirror.port);
    client.write(`GET /twice HTTP/1.1\r\nHost: x\r\n${twice(all.requests)}\r\n`);
    const head = await client.until(/\r\n\r\nok$/);
    client.destroy();
    const wanted = proxy === 'envoy' ? ENVOY_JOINS : { requests: [], answers: [] };
    expect({ requests: joined(asked, all.requests), answers: joined(head, all.answers) }).toEqual(wanted);
  });
});

it('are listed', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'explanation', 'mirror.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith('| two fields of the same name')) ?? '';
  for (const name of Object.values(ENVOY_JOINS).flat()) expect(row).toContain(`\`${name}\``);
});
