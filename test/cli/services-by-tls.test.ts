/** Services that use TLS with a certificate from a private authority, as `contract` and `rehearse` call them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificates } from '../support/certificates.ts';
import { crossfade } from '../support/cli.ts';
import { listen, serve, stop } from '../support/http.ts';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const made = certificates(folder);
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const urls = file('urls.txt', 'GET /a\n');
const at = (server: Server) => listen(server as never);

describe.skipIf(made === null)('a service that speaks TLS', () => {
  const servers: Server[] = [];
  const by: Record<string, string> = {};
  beforeAll(async () => {
    const secure = async (name: string, names: string, days?: number) => {
      const server = createServer({ ...made?.issue(names, days) }, (_req, res) =>
        res.setHeader('Content-Type', 'application/json').end('{"a":1}'),
      );
      by[name] = (await at(server)).replace('http:', 'https:');
      servers.push(server);
    };
    await secure('good', 'IP:127.0.0.1,DNS:localhost');
    await secure('named', 'DNS:shop.test');
    await secure('expired', 'IP:127.0.0.1', -1);
    const plain = await serve((_req, res) => res.end('{"a":1}'));
    by.plain = plain.url;
    by.misnamed = plain.url.replace('http:', 'https:');
    servers.push(plain.server);
  });
  afterAll(async () => {
    for (const server of servers) await stop(server as never);
  });
  const ca = made?.authority ?? '';
  const contract = (stable: string, candidate: string, ...more: string[]) =>
    crossfade(['contract', urls, '--stable', by[stable] ?? '', '--candidate', by[candidate] ?? '', ...more]);
  const rehearse = (stable: string, ...more: string[]) =>
    crossfade(['rehearse', '--stable', by[stable] ?? '', '--candidate', by.good ?? '', '--health', '/', ...more]);

  it('is compared where its authority is given', async () => {
    const result = await contract('good', 'good', '--ca', ca);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('1 capture, no breaking or undecided difference');
  });

  it('is asked so by the commands of a report, too', async () => {
    const { code, stdout } = await contract('good', 'plain', '--ca', ca);
    expect(code).toBe(1);
    const commands = stdout.replaceAll(/ \\\n\s+/g, ' ');
    expect(commands).toContain(`curl -sSig --path-as-is --cacert '${ca}' '${by.good}''/a'`);
    expect(commands).toContain(`curl -sSig --path-as-is '${by.plain}''/a'`);
  });

  it.each([
    [
      'good',
      [],
      'is signed by an authority that this machine does not trust; give that authority’s certificate by --ca FILE',
    ],
    ['named', ['--ca', ca], 'is for another name (DNS:shop.test); ask the service by a name that it holds'],
    ['expired', ['--ca', ca], 'has expired; renew it'],
    ['misnamed', ['--ca', ca], 'speaks no TLS; give it as http://'],
  ])(
    'that is %s is refused by both commands, in one sentence, before anything is sent',
    async (name, more, problem) => {
      const words = problem.replaceAll('’', "'");
      const [compared, rehearsed] = [await contract(name, 'good', ...more), await rehearse(name, ...more)];
      for (const result of [compared, rehearsed]) {
        expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
        expect(result.stderr).toMatch(/^--stable: .*\n$/);
      }
    },
  );

  it.each([
    ['does not exist', join(folder, 'none.pem'), 'does not exist'],
    [
      'holds a key',
      file('key.pem', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'),
      'holds no certificate',
    ],
    [
      'was cut',
      file('cut.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'),
      'holds a certificate that cannot be read',
    ],
  ])('is not asked where the file of --ca %s', async (_what, name, problem) => {
    for (const result of [await contract('good', 'good', '--ca', name), await rehearse('good', '--ca', name)])
      expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(`^--ca: .*${problem}`) });
  });
});
