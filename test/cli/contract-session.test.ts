/** A flow of dependent requests against two services that choose their own tokens and ids. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';

const { file } = temporaryFolder();

/**
 * A small RealWorld service with users, tokens and articles. `start` is the first id; `broken` loses the title of an
 * article when it is read.
 */
function realWorld(name: string, start: number, broken = false) {
  const users = new Map<string, string>();
  const articles = new Map<string, { id: number; title: string }>();
  let id = start;
  return createServer(async (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const sent = await text(request);
    const answer = (status: number, value?: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(value === undefined ? '' : JSON.stringify(value));
    if (path === '/users') {
      const { user } = JSON.parse(sent);
      users.set(user.email, user.password);
      return answer(201, { user: { email: user.email } });
    }
    if (path === '/users/login') {
      const { user } = JSON.parse(sent);
      if (users.get(user.email) !== user.password) return answer(401, { error: 'no' });
      return answer(
        200,
        { user: { email: user.email, token: `${name}-token-${start}` }, echo: user.password },
        { 'Set-Cookie': `sid=${name}${start}; Path=/articles` },
      );
    }
    if (request.headers.authorization !== `Token ${name}-token-${start}`) return answer(401, { error: 'login' });
    if (path === '/articles' && request.method === 'POST') {
      const slug = `post-${++id}-${name}`;
      articles.set(slug, { id, title: JSON.parse(sent).article.title });
      return answer(201, { article: { id, slug } }, { Location: `/articles/${slug}` });
    }
    const article = articles.get(path.slice('/articles/'.length));
    if (article === undefined) return answer(404, { error: 'gone' });
    if (request.headers.cookie !== `sid=${name}${start}`) return answer(403, { error: 'cookie' });
    if (request.method === 'DELETE') {
      articles.delete(path.slice('/articles/'.length));
      return answer(204);
    }
    return answer(200, {
      article: { ...article, title: broken ? '' : article.title, slug: path.slice('/articles/'.length) },
    });
  });
}

const servers = [realWorld('node', 1), realWorld('golang', 700), realWorld('golang', 700, true)];
let urls: string[] = [];
beforeAll(async () => {
  urls = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
});
afterAll(() => servers.map((server) => server.close()));

const FLOW = `
format: crossfade-flow/1
variables: { email: 'u{{run}}@example.test', password: '{{env:FLOW_PASSWORD}}' }
steps:
  - { name: register, request: POST /users, body: { user: { email: '{{email}}', password: '{{password}}' } } }
  - name: log in
    request: POST /users/login
    body: { user: { email: '{{email}}', password: '{{password}}' } }
    take: { token: { json: /user/token }, session: { cookie: sid } }
  - name: write
    request: POST /articles
    headers: { Authorization: 'Token {{token}}' }
    body: { article: { title: Hello } }
    take: { slug: { header: location, match: '/articles/(.+)' }, id: { json: /article/id } }
  - { name: read, request: 'GET /articles/{{slug}}', headers: { Authorization: 'Token {{token}}' } }
  - { name: delete, request: 'DELETE /articles/{{slug}}', headers: { Authorization: 'Token {{token}}' } }
  - { name: gone, request: 'GET /articles/{{slug}}', headers: { Authorization: 'Token {{token}}' } }
`;
const PASSWORD = 'correct-horse-battery';
const BROKEN = 'one\ntwo';
const run = (candidate: number, ...args: string[]) =>
  crossfade(['contract', '--stable', urls[0] ?? '', '--candidate', urls[candidate] ?? '', '--rps', '1000', ...args], {
    FLOW_PASSWORD: PASSWORD,
    BROKEN,
  });

describe('a flow', () => {
  it('registers, logs in, writes, reads and deletes on both sides, each with its own token, id, slug and cookie', async () => {
    const { code, stdout } = await run(1, await file(FLOW, 'flow.yaml'));
    expect(stdout).toContain('6 captures on 5 routes: 6 same');
    expect(code).toBe(0);
  });

  it('finds what differs behind the login', async () => {
    const { code, stdout } = await run(2, '--json', await file(FLOW, 'flow.yaml'));
    expect(code).toBe(1);
    expect(JSON.parse(stdout).causes).toMatchObject([
      { route: 'GET /articles/{slug}', samples: [{ place: 'body/article/title' }] },
    ]);
  });

  it('takes a value that stays what it was on one side, and moves on with each answer on the other', async () => {
    let moved = 0;
    const upload = (name: () => string) =>
      serve((_req, res) => res.writeHead(202, { Location: `/up?at=${name()}` }).end());
    const [stays, moves] = await Promise.all([upload(() => 'stays=1'), upload(() => `moves=${++moved}`)]);
    const steps = ['POST /up', 'PATCH {{first}}', 'PUT {{second}}'].map(
      (request, i) =>
        `  - { request: '${request}', take: { ${['first', 'second', 'third'][i]}: { header: location } } }`,
    );
    const flow = await file(`format: crossfade-flow/1\nsteps:\n${steps.join('\n')}\n`, 'upload.yaml');
    for (const [stable, candidate] of [[stays, moves] as const, [moves, stays] as const]) {
      const result = await crossfade(['contract', flow, '--stable', stable.url, '--candidate', candidate.url]);
      expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('3 captures on 3 routes: 3 same') });
    }
    await Promise.all([stays.stop(), moves.stop()]);
  });

  it('shows no secret and no token in its outputs', async () => {
    const out = await file('', 'out.ndjson');
    const { stdout, stderr } = await run(2, '--out', out, await file(FLOW, 'flow.yaml'));
    const { readFile } = await import('node:fs/promises');
    const kept = await readFile(out, 'utf8');
    expect(kept).toContain('/articles/{{slug}}');
    expect(kept).toContain('{{env:FLOW_PASSWORD}}');
    for (const secret of [PASSWORD, 'node-token-1', 'golang-token-700'])
      expect(`${stdout}${stderr}${kept}`).not.toContain(secret);
  });

  it('logs in before recorded requests, with headers of each side', async () => {
    const login = FLOW.slice(0, FLOW.indexOf('  - name: write'));
    const list = await file('GET /articles/none\n', 'urls.txt');
    const { code, stdout } = await run(
      1,
      '--login',
      await file(login, 'login.yaml'),
      '--header',
      'Authorization: Token {{token}}',
      list,
    );
    expect(stdout).toContain('3 captures on 3 routes: 3 same');
    expect(code).toBe(0);
    const wrong = await run(1, '--candidate-header', 'Authorization: Token golang-token-700', list);
    expect(wrong.stdout).toContain('401 → 404');
  });

  it.each([
    [
      'a secret that is not set',
      FLOW.replace('FLOW_PASSWORD', 'NO_SUCH_SECRET'),
      'the environment variable NO_SUCH_SECRET is not set',
    ],
    ['an unknown key', FLOW.replace('steps:', 'stages: []\nsteps:'), 'is not a flow'],
    ['a pointer that is none', FLOW.replace('/user/token', 'user.token'), 'is not a flow'],
  ])('is refused with %s', async (_, flow, message) => {
    expect(await run(1, await file(flow, 'bad.yaml'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });

  it('gives commands in which what it filled in is a variable of the shell', async () => {
    const { stdout } = await run(2, await file(FLOW, 'flow.yaml'));
    expect(stdout).toContain(`'/articles/'"$SLUG"`);
    expect(stdout).not.toContain('{{slug}}');
  });

  it.each([
    ['--header', ['--header', 'X-Key: {{env:BROKEN}}'], FLOW],
    ['--candidate-header', ['--candidate-header', 'X-Key: {{env:BROKEN}}'], FLOW],
    ['flow.yaml', [], FLOW.replace('Token {{token}}', '{{env:BROKEN}}')],
  ])('is refused with a secret of two lines in a header of %s', async (named, args, flow) => {
    const { code, stderr } = await run(1, ...args, await file(flow, 'flow.yaml'));
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`${named}: the header \\S+ would hold a line break: .*env:BROKEN`));
    expect(stderr).not.toContain('two');
  });

  it('does not send a step whose header would hold what an answer gave in two lines, and fails', async () => {
    const flow = FLOW.replace("password: '{{password}}' } }", "password: '{{password}}' }, echo: 1 }").replaceAll(
      '{{env:FLOW_PASSWORD}}',
      '{{env:BROKEN}}',
    );
    const { code, stdout } = await run(
      1,
      await file(
        flow
          .replace('/user/token', '/echo')
          .replace("headers: { Authorization: 'Token {{token}}' }", "headers: { X-Echo: '{{token}}' }"),
        'flow.yaml',
      ),
    );
    expect(code).toBe(1);
    expect(stdout).toContain(
      'Not sent: 1 × its header X-Echo would hold a line break, which no header may (flow-003-write)',
    );
  });

  it('says that little was compared where both sides refuse everything', async () => {
    const { stdout } = await run(1, await file('GET /articles/none\n', 'urls.txt'));
    expect(stdout).toContain('Stable answered every request with an error (1 × 401): little was compared');
  });

  it('says which variable an answer did not give', async () => {
    const { stdout } = await run(1, await file(FLOW.replace('/user/token', '/user/jwt'), 'flow.yaml'));
    expect(stdout).toContain('stable did not give token in its answer to flow-002-log-in');
  });
});
