import { mkdtempSync, readFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FrontOptions, startFront } from '../../../rehearsal/dataplane/front.ts';
import { startFrontThread } from '../../../rehearsal/dataplane/front-thread.ts';
import { certificates } from '../../support/certificates.ts';
import { listen, serve, stop } from '../../support/http.ts';

const made = certificates(mkdtempSync(join(tmpdir(), 'certificates-')));

async function front(options: FrontOptions) {
  const started = await startFront(options);
  onTestFinished(() => started.stop());
  const url = `http://127.0.0.1:${started.port}`;
  const ask = async (path = '/', init: Parameters<typeof request>[1] = {}) => {
    const { statusCode, headers, body } = await request(url + path, init);
    return { status: statusCode, headers, text: await body.text() };
  };
  return { ...started, url, ask };
}

async function service(listener: Parameters<typeof serve>[0]): Promise<string> {
  const server = await serve(listener);
  onTestFinished(server.stop);
  return server.url;
}

describe('before a service of somebody’s own', () => {
  it('requests and answers pass as they are', async () => {
    const url = await service(async (req, res) => {
      const body = (await req.toArray()).join('');
      res.writeHead(302, ['Location', '/there', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
      res.end(JSON.stringify([req.method, req.url, req.headers.host, req.headers['x-asked'], body]));
    });
    const { ask } = await front({ url });
    const asked = await ask('/a%20b?c=%7B', {
      method: 'POST',
      body: '{"n":1}',
      headers: { 'X-Asked': 'one', Host: 'shop.test' },
    });
    expect(asked).toMatchObject({ status: 302, headers: { location: '/there', 'set-cookie': ['a=1', 'b=2'] } });
    expect(JSON.parse(asked.text)).toEqual(['POST', '/a%20b?c=%7B', 'shop.test', 'one', '{"n":1}']);
  });

  it('an answer is passed on while it comes', async () => {
    const more = Promise.withResolvers<void>();
    const url = await service(async (_req, res) => {
      res.write('first');
      await more.promise;
      res.end('last');
    });
    const { body } = await request((await front({ url })).url);
    const chunks = body[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toBe('first');
    more.resolve();
    expect(String((await chunks.next()).value)).toBe('last');
  });

  it('a host that the client named is kept, and the load balancer’s own is the service’s', async () => {
    const url = await service((req, res) => res.end(req.headers.host));
    const { ask } = await front({ url, host: 'shop.test:8443' });
    expect((await ask()).text).toBe('shop.test:8443');
    expect((await ask('/', { headers: { Host: 'other.test' } })).text).toBe('other.test');
  });

  it('faults are made in its place, and it is left alone', async () => {
    let asked = 0;
    const url = await service((_req, res) => {
      asked++;
      res.end('fine');
    });
    const { ask, inject, stop: crash } = await front({ url });
    expect((await ask()).text).toBe('fine');
    inject({ errors: 1 });
    expect(await ask('/', { method: 'POST', body: 'x'.repeat(100_000) })).toMatchObject({ status: 500, text: '' });
    inject({ resets: 1 });
    await expect(ask()).rejects.toThrow(/closed|reset/);
    inject({ latencyMs: 80 });
    const startedAt = performance.now();
    expect((await ask()).text).toBe('fine');
    expect(performance.now() - startedAt).toBeGreaterThan(75);
    expect(asked).toBe(2);
    await crash();
    await expect(ask()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('they are made from another thread, too', async () => {
    const {
      port,
      inject,
      stop: crash,
    } = await startFrontThread({ url: await service((_req, res) => res.end('fine')) });
    onTestFinished(() => crash());
    const url = `http://127.0.0.1:${port}`;
    expect(await (await request(url)).body.text()).toBe('fine');
    inject({ errors: 1 });
    await expect.poll(async () => (await request(url)).statusCode).toBe(500);
    await crash();
    await expect(request(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('one that hangs up is one that hangs up, before its answer and within it', async () => {
    const url = await service((req, res) => {
      if (req.url === '/within') res.writeHead(200, { 'Content-Length': 10 }).write('half');
      setTimeout(() => req.socket.destroy(), 10);
    });
    const { ask } = await front({ url });
    await expect(ask('/before')).rejects.toThrow(/closed|reset/);
    await expect(ask('/within')).rejects.toThrow(/closed|reset|terminated|aborted/);
  });

  it('a client that leaves ends the request to the service', async () => {
    const left = Promise.withResolvers<void>();
    const url = await service((_req, res) => void res.once('close', left.resolve));
    const asking = rawRequest((await front({ url })).url);
    asking.on('error', () => {});
    asking.end();
    setTimeout(() => asking.destroy(), 20);
    await left.promise;
  });
});

describe.skipIf(made === null)('before a service that speaks TLS', () => {
  async function secure(names: string) {
    const server = createServer({ ...made?.issue(names) }, (req, res) => res.end(`${req.headers.host} by TLS`));
    const url = await listen(server);
    onTestFinished(() => stop(server));
    return url.replace('http:', 'https:');
  }
  const authorities = made === null ? [] : [readFileSync(made.authority, 'utf8')];

  it('it is asked where its authority is trusted', async () => {
    const url = await secure('IP:127.0.0.1');
    expect((await (await front({ url, authorities, host: 'shop.test' })).ask()).text).toBe('shop.test by TLS');
  });

  it.each([
    ['its authority is not', 'IP:127.0.0.1', undefined],
    ['its certificate is for another name', 'DNS:other.test', authorities],
  ])('it is not asked where %s', async (_why, names, trusted) => {
    const { ask } = await front({ url: await secure(names), authorities: trusted });
    await expect(ask()).rejects.toThrow(/closed|reset/);
  });
});
