import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConsole } from '../../console/server/server.ts';
import type { ActionRequest, PageView } from '../../console/view/page-view.ts';

const VIEW: PageView = {
  mode: 'live',
  title: 'Crossfade · shop',
  at: 0,
  caller: null,
  runs: [],
  history: [],
  gaps: [],
};

let asked: (string | null)[] = [];
let done: ActionRequest[] = [];
let served: Awaited<ReturnType<typeof startConsole>>;
let origin: string;
let token: string;
let session: string;
beforeAll(async () => {
  served = await startConsole(
    {
      view: async (cutover) => {
        asked.push(cutover);
        if (cutover === 'broken') throw new Error('AWS did not answer\u001b[31m.');
        return { ...VIEW, gaps: ['</script><script>alert(1)</script>', 'a\u202eb\u001b[2Jc'] };
      },
      act: async (request) => {
        done.push(request);
        return { done: true, text: 'Paused\n\u001b[31m.' };
      },
      metrics: async () => 'crossfade_run_info{ingress="shop"} 1\n',
    },
    0,
  );
  const url = new URL(served.url);
  origin = url.origin;
  token = new URLSearchParams(url.hash.slice(1)).get('token') ?? '';
  const { body } = await ask('POST', '/session', {}, JSON.stringify({ token }));
  session = JSON.parse(body).session;
});
afterAll(() => served.stop());

interface Answered {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Sends the headers that the console's own page sends, unless others are given. An empty header is left out. */
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answered> {
  const { hostname, port, host } = new URL(origin);
  const own = { host, ...(method === 'POST' ? { origin, 'content-type': 'application/json' } : {}) };
  const sent = Object.fromEntries(Object.entries({ ...own, ...headers }).filter(([, value]) => value !== ''));
  return new Promise((resolve, reject) => {
    const asking = request({ hostname, port, method, path, headers: sent, setHost: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

describe('figures for Prometheus', () => {
  it('are given to whoever bears the token of scrapes, in the format of Prometheus', async () => {
    const answer = await ask('GET', '/metrics', { authorization: `Bearer ${served.scrapeToken}` });
    expect(answer).toMatchObject({ status: 200, body: 'crossfade_run_info{ingress="shop"} 1\n' });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('are given to nobody else, and the token of scrapes opens nothing else', async () => {
    expect((await ask('GET', '/metrics')).status).toBe(401);
    expect((await ask('GET', '/metrics', signedIn())).status).toBe(401);
    const scraper = { authorization: `Bearer ${served.scrapeToken}` };
    expect((await ask('GET', '/view', scraper)).status).toBe(401);
    expect((await ask('POST', '/action', scraper, '{}')).status).toBe(401);
  });
});

const signedIn = () => ({ authorization: `Bearer ${session}` });

describe('the console’s link', () => {
  it('holds its token behind #, so that no request, Referer or log has it', () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  });

  it('opens a session once', async () => {
    expect(session).toMatch(/^[\w-]{43}$/);
    const again = await ask('POST', '/session', {}, JSON.stringify({ token }));
    expect(again).toMatchObject({ status: 403, body: expect.stringContaining('already used') });
  });

  it.each([
    ['another token', JSON.stringify({ token: 'x'.repeat(43) }), 403],
    ['an empty token', JSON.stringify({ token: '' }), 403],
    ['no token', '{}', 403],
    ['a field too many', JSON.stringify({ token: 'x', admin: true }), 403],
    ['no JSON', 'token=x', 400],
    ['a body without end', JSON.stringify({ token: 'x'.repeat(20_000) }), 413],
  ])('opens none for %s', async (_what, body, status) => {
    expect((await ask('POST', '/session', {}, body)).status).toBe(status);
  });
});

describe('the console’s answers', () => {
  it('are for whoever holds the session', async () => {
    expect((await ask('GET', '/view', signedIn())).status).toBe(200);
    for (const authorization of ['', 'Bearer ', `Bearer ${token}`, `Bearer ${session}x`, `Basic ${session}`, session])
      expect((await ask('GET', '/view', { authorization })).status).toBe(401);
  });

  it('tell a failure in one sentence, and the earlier cutover that was asked for by its name', async () => {
    asked = [];
    expect(await ask('GET', '/view?cutover=broken', signedIn())).toMatchObject({
      status: 502,
      body: '{"error":"AWS did not answer\ufffd[31m."}',
    });
    await ask('GET', '/view?cutover=a%2Fb', signedIn());
    expect(asked).toEqual(['broken', 'a/b']);
  });

  it('hold no text that steers the page: no markup, no control character, no turned writing', async () => {
    const { body } = await ask('GET', '/view', signedIn());
    for (const steering of ['<', '\u001b', '\u202e']) expect(body).not.toContain(steering);
    expect(JSON.parse(body).gaps).toEqual(['</script><script>alert(1)</script>', 'a\ufffdb\ufffd[2Jc']);
  });

  it('allow nothing but the page’s own script, style and requests, and no frame', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/view', '/nothing']) {
      const { headers } = await ask('GET', path, signedIn());
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('serve a page without a word of data in it', async () => {
    const { body } = await ask('GET', '/');
    expect(body).not.toContain(token);
    expect(body).not.toMatch(/https?:|<script>|<style>|shop/);
  });
});

describe('an action', () => {
  const PAUSE = { action: 'pause', cutover: 'first', reason: 'a look', seen: { phase: 'stage', stage: 1 } };
  const act = (value: unknown, headers: Record<string, string> = signedIn()) =>
    ask('POST', '/action', headers, JSON.stringify(value));
  beforeEach(() => {
    done = [];
  });

  it('is asked for as the person saw it, and answered in one line', async () => {
    const { status, body } = await act(PAUSE);
    expect({ status, answer: JSON.parse(body) }).toEqual({
      status: 200,
      answer: { done: true, text: 'Paused \ufffd[31m.' },
    });
    expect(done).toEqual([PAUSE]);
  });

  it.each([
    ['another name', { ...PAUSE, action: 'constructor' }],
    ['no run', { ...PAUSE, cutover: undefined }],
    ['a field too many', { ...PAUSE, by: 'arn:aws:iam::1:user/other' }],
    ['a place without its stage', { ...PAUSE, seen: { phase: 'stage' } }],
    ['a reason without end', { ...PAUSE, reason: 'x'.repeat(1_001) }],
    ['a list', [PAUSE]],
    ['nothing', null],
  ])('with %s does nothing', async (_what, value) => {
    expect(await act(value)).toMatchObject({ status: 400, body: expect.stringContaining('Nothing was changed') });
    expect(done).toEqual([]);
  });

  it.each([
    ['no session', { authorization: '' }, 401],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['no origin', { origin: '' }, 403],
    ['a foreign name', { host: 'evil.example' }, 403],
    ['a page at another port', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of another site that navigates', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['a form', { 'content-type': 'text/plain' }, 415],
  ])('under %s does nothing', async (_what, headers, status) => {
    expect((await act(PAUSE, { ...signedIn(), ...headers })).status).toBe(status);
    expect((await ask('GET', '/action', { ...signedIn() })).status).toBe(405);
    expect(done).toEqual([]);
  });
});

describe('requests that are not the page’s own', () => {
  it.each([
    ['a foreign name that leads here', { host: 'evil.example' }],
    ['a foreign name with this port', { host: 'evil.example:80' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['an origin of nobody', { origin: 'null' }],
    ['this machine at another port', { origin: 'http://127.0.0.1:1' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page at another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ])('are refused: %s', async (_what, headers) => {
    for (const path of ['/view', '/page.js', '/session'])
      expect((await ask('GET', path, { ...signedIn(), ...headers })).status).toBe(403);
  });

  it('are refused: one that names no host', async () => {
    expect((await ask('GET', '/view', { ...signedIn(), host: '' })).status).toBe(400);
  });

  it('are refused: a change without an origin, or by a form', async () => {
    const body = JSON.stringify({ token });
    expect((await ask('POST', '/session', { origin: '' }, body)).status).toBe(403);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
      expect((await ask('POST', '/session', { 'content-type': type }, body)).status).toBe(415);
  });

  it('are answered where somebody follows the link from a chat', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await ask('GET', '/', headers)).status).toBe(200);
  });

  it.each([
    ['PUT', '/view'],
    ['DELETE', '/view'],
    ['GET', '/session'],
    ['OPTIONS', '/view'],
    ['TRACE', '/'],
    ['PATCH', '/session'],
  ])('are refused: %s %s, with the methods that there are', async (method, path) => {
    const { status, headers } = await ask(method, path, signedIn());
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: path === '/session' ? 'POST' : 'GET' });
  });

  it.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/page.js/..%5c..%5cpackage.json',
    '/page.js%00.html',
    '/constructor',
    '/__proto__',
    '/view/',
    '/PAGE.JS',
  ])('find no file: %s', async (path) => {
    expect(await ask('GET', path, signedIn())).toMatchObject({
      status: 404,
      body: '{"error":"There is no such page."}',
    });
  });
});

it('a console that cannot have its port says so', async () => {
  const { port } = new URL(origin);
  const source = { view: async () => VIEW, act: async () => ({ done: false, text: '' }), metrics: async () => '' };
  await expect(startConsole(source, Number(port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
