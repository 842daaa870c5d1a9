/**
 * Logins as real services have them: tokens that expire, forms with CSRF fields, redirects, several users, and Basic
 * authentication. No output contains a secret.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';

const { file } = temporaryFolder();
const PASSWORD = 'pä$s/w "ö"&x+1';
const ID = '9007199254740993';

interface Habits {
  /** Number of requests for which a token is valid. */
  readonly uses?: number;
  /** Path → status with which every request to it is answered. */
  readonly refuses?: Readonly<Record<string, number>>;
  /** A date that is not that of the run. */
  readonly made?: string;
}

/** A service whose tokens, cookies and CSRF values contain its name. */
function shop(name: string, { uses = 1_000, refuses = {}, made }: Habits = {}): RequestListener {
  let [token, left, logins] = ['', 0, 0];
  const csrf = `csrf+/=${name}&"q"`;
  const users = new Map<string, string>();
  return async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const sent = await text(request);
    const { authorization, cookie = '' } = request.headers;
    const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      response
        .writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    const refused = refuses[path];
    if (refused !== undefined) return answer(refused, {});
    if (path === '/token') {
      [token, left] = [`${name}-token-${++logins}`, uses];
      return answer(200, { data: [{ 'a/b': token }] });
    }
    if (path === '/me')
      return authorization === `Bearer ${token}` && left-- > 0 ? answer(200, { me: 1 }) : answer(401, {});
    if (path === '/form') {
      const value = csrf.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
      return answer(200, `<form><input value="${value}" type=hidden name=_csrf></form>`, {
        'Set-Cookie': `sid=session-${name}`,
      });
    }
    if (path === '/session') {
      const form = new URLSearchParams(sent);
      const user = form.get('user') ?? '';
      if (form.get('_csrf') !== csrf || form.get('password') !== PASSWORD) return answer(403, {});
      users.set(`sid=session-${name}-${user}`, user);
      return answer(302, '', {
        Location: `http://${request.headers.host}/home/${name}-${user}?t=1`,
        'Set-Cookie': `sid=session-${name}-${user}`,
      });
    }
    if (path.startsWith('/home/'))
      return users.has(cookie) ? answer(200, { user: users.get(cookie) }) : answer(403, {});
    if (path === '/basic')
      return answer(authorization === `Basic ${Buffer.from(`anna:${PASSWORD}`).toString('base64')}` ? 200 : 401, {});
    if (path === '/post')
      return answer(201, {
        at: new Date(Date.now() + (name === 'node' ? 0 : 700)).toISOString(),
        born: made ?? '2020-01-01T00:00:00Z',
      });
    if (path === '/make') return answer(201, `{"id":${ID}}`, { 'Content-Type': 'application/json' });
    if (path === `/items/${ID}`) return answer(200, { ok: true });
    if (path === '/echo')
      return answer(200, {
        name,
        authorization,
        hex: Buffer.from(PASSWORD).toString('hex'),
        url: encodeURIComponent(PASSWORD),
      });
    return answer(404, {});
  };
}

async function run(
  flow: string,
  { stable, candidate, args = [] }: { stable?: Habits; candidate?: Habits; args?: readonly string[] } = {},
) {
  const [first, second] = [await serve(shop('node', stable)), await serve(shop('golang', candidate))];
  onTestFinished(async () => {
    await Promise.all([first.stop(), second.stop()]);
  });
  const written = flow === '' ? [] : [await file(`format: crossfade-flow/1\nsteps:\n${flow}`, 'flow.yaml')];
  const oneByOne = args.includes('--concurrency') ? [] : ['--concurrency', '1'];
  const sides = ['--stable', first.url, '--candidate', second.url, '--rps', '1000', ...oneByOne];
  return crossfade(['contract', ...sides, ...args, ...written], { PASSWORD });
}

const LOG_IN = '  - { name: log in, request: POST /token, take: { token: { json: "/data/0/a~1b" } } }\n';
const signIn = (user: string) => `
  - { name: form-${user}, as: ${user}, request: GET /form, take: { csrf: { field: _csrf }, sid: { cookie: sid } } }
  - name: in-${user}
    as: ${user}
    request: POST /session
    form: { _csrf: '{{csrf}}', user: ${user}, password: '{{env:PASSWORD}}' }
    take: { home-${user}: { header: Location }, signed: { cookie: sid } }
`;
const home = (user: string) => `  - { name: home-${user}, as: ${user}, request: 'GET {{home-${user}}}' }\n`;
const requests = (count: number) => Array.from({ length: count }, (_, i) => `/me?n=${i}`).join('\n');
const BEARER = ['--header', 'Authorization: Bearer {{token}}'];
const login = async () => ['--login', await file(`format: crossfade-flow/1\nsteps:\n${LOG_IN}`, 'login.yaml')];

describe('a login', () => {
  it('by a form takes its hidden field and its cookie, and goes on where it is redirected', async () => {
    expect(await run(signIn('anna') + home('anna'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 same'),
    });
  });

  it('of two users keeps their cookies apart', async () => {
    const flow = signIn('anna') + signIn('bert') + home('anna') + home('bert');
    expect(await run(flow)).toMatchObject({ code: 0, stdout: expect.stringContaining('6 same') });
  });

  it('that the candidate refuses is found, and what needs it is not sent', async () => {
    const { code, stdout } = await run(signIn('anna') + home('anna'), { candidate: { refuses: { '/session': 403 } } });
    expect(code).toBe(1);
    expect(stdout).toContain('302 → 403');
    expect(stdout).toContain('Not sent: 1 × it needs home-anna, which no answer of the candidate has given');
  });

  it('by Basic is encoded when it is sent', async () => {
    for (const args of [
      ['--header', 'Authorization: Basic anna:{{env:PASSWORD}}', await file('/basic\n', 'urls.txt')],
      ['--value', 'P={{env:PASSWORD}}', await file('curl -u "anna:$P" http://x/basic\n', 'basic.sh')],
    ]) {
      const { code, stdout } = await run('', { args });
      expect(stdout).not.toContain('with an error');
      expect(code).toBe(0);
    }
  });

  it('that ends within the run is made again, on the side where it ended', async () => {
    const args = [...(await login()), ...BEARER, await file(requests(9), 'urls.txt')];
    const { code, stdout } = await run('', { stable: { uses: 4 }, candidate: { uses: 2 }, args });
    expect(stdout).toContain('stable answered 401 and was logged in again 2 times.');
    expect(stdout).toContain('candidate answered 401 and was logged in again 4 times.');
    expect(code).toBe(0);
  });

  it('does not excuse a candidate that refuses it', async () => {
    const args = [...(await login()), ...BEARER, await file(requests(3), 'urls.txt')];
    const { code, stdout } = await run('', { candidate: { refuses: { '/me': 401 } }, args });
    expect(code).toBe(1);
    expect(stdout).toContain('200 → 401');
  });
});

it('a flow says that all its steps are sent, one at a time, and whose answers lack a value', async () => {
  const { stdout } = await run(
    '  - { name: make, request: POST /make, take: { id: { json: /id } } }\n  - { name: get, request: "GET /items/{{id}}" }\n',
    {
      candidate: { refuses: { '/make': 500 } },
      args: ['--concurrency', '4'],
    },
  );
  expect(stdout).toMatch(/^Sending all steps of .*flow\.yaml,$/m);
  expect(stdout).toContain('a second, 1 at a time,');
  expect(stdout).toContain('Not sent: 1 × it needs id, which no answer of the candidate has given');
});

it('a flow that looks for a value in the wrong place is no success, though both sides answer alike', async () => {
  const flow =
    '  - { name: make, request: POST /make, take: { id: { json: /no } } }\n  - { name: get, request: "GET /items/{{id}}", take: { other: { json: /ok } } }\n  - { name: put, request: "PUT /items/{{other}}" }\n';
  const { code, stdout } = await run(flow);
  expect(code).toBe(1);
  expect(stdout).toContain('Not sent: 1 × it needs id, which no answer has given');
  expect(stdout).toContain('Not sent: 1 × it needs other, which no answer has given');
  expect(stdout).toContain('stable did not give id in its answer to flow-001-make; candidate did not give id');
  expect(stdout).toContain('what needs it was not compared');
});

describe('a date and time', () => {
  const flow = '  - { name: post, request: POST /post }\n';

  it('of what the run has made is each side’s own', async () => {
    expect(await run(flow)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 same') });
  });

  it.each(['2020-01-01T00:00:01Z', new Date(Date.now() + 3_600_000).toISOString()])(
    'of another time is compared: %s',
    async (made) => {
      expect(await run(flow, { candidate: { made } })).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('value (born)'),
      });
    },
  );
});

it('an id of more digits than a double holds is asked for as it is', async () => {
  const flow =
    '  - { name: make, request: POST /make, take: { id: { json: /id } } }\n  - { name: get, request: "GET /items/{{id}}" }\n';
  const { code, stdout } = await run(flow);
  expect(stdout).not.toMatch(/\b404\b/);
  expect(code).toBe(0);
});

it('a secret stands in no output, however an answer writes it', async () => {
  const outputs = ['--out', '--html', '--junit', '--sarif', '--write-baseline'];
  const named = await Promise.all(outputs.map(async (option) => [option, await file('', `out${option}`)]));
  const args = [
    ...named.flat(),
    '--header',
    'Authorization: Basic anna:{{env:PASSWORD}}',
    await file('/echo\n', 'urls.txt'),
  ];
  const { stdout, stderr } = await run('', { args });
  const folder = named[0]?.[1]?.replace(/[^/]*$/, '') ?? '';
  const written = (await readdir(folder)).filter((name) => name.startsWith('out--'));
  expect(written).toHaveLength(outputs.length);
  const texts = [
    stdout,
    stderr,
    ...(await Promise.all(written.map((name) => readFile(`${folder}${name}`, 'utf8')))),
  ].join('\n');
  const encoded = [
    PASSWORD,
    JSON.stringify(PASSWORD).slice(1, -1),
    encodeURIComponent(PASSWORD),
    Buffer.from(PASSWORD).toString('hex'),
  ];
  for (const form of [...encoded, Buffer.from(`anna:${PASSWORD}`).toString('base64').slice(8, -4)])
    expect(texts).not.toContain(form);
});
