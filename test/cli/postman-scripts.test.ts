/**
 * What the scripts of a Postman collection take from answers, as observed with Newman 6.2, and what happens to the
 * requests that need it.
 */
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readTraffic } from '../../cli/rehearse/own-traffic.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';
import { plannedIn } from './planned-requests.ts';

const { file } = temporaryFolder();

const script = (text: string) => [{ listen: 'test', script: { exec: text.split('\n') } }];
const login = (text: string, rest: object = {}) => ({
  name: 'log in',
  event: script(text),
  request: { method: 'GET', url: '{{base}}/login', ...rest },
});
const use = (url: string, rest: object = {}) => ({
  name: 'use',
  request: { method: 'GET', url: `{{base}}${url}`, ...rest },
});
const collection = (item: readonly unknown[], rest: object = {}) =>
  JSON.stringify({
    info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/' },
    item,
    ...rest,
  });

/** Answers with values that contain its name, and records the requests it receives. */
function shop(name: string, seen: string[]) {
  const answer: RequestListener = (request, response) => {
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    request.on('end', () => {
      const { authorization = '' } = request.headers;
      seen.push([request.url, authorization, Buffer.concat(sent).toString()].filter((part) => part !== '').join(' '));
      response.setHeader('X-Tok', 'h1');
      response.setHeader('Set-Cookie', 'sid=c1');
      response.setHeader('Content-Type', 'application/json');
      const body = {
        user: { token: `tok-${name}`, id: 7 },
        items: [{ id: 'i1' }, { id: 'i2' }],
        'a b': 'ab',
        't/x': 'tx',
      };
      const sentBack = Buffer.from(JSON.stringify(request.url?.startsWith('/plain') === true ? {} : body));
      if (request.headers['accept-encoding'] !== 'gzip') return response.end(sentBack);
      return response.setHeader('Content-Encoding', 'gzip').end(gzipSync(sentBack));
    });
  };
  return serve(answer);
}

async function contract(content: string, args: readonly string[] = []) {
  const seen = { stable: [] as string[], candidate: [] as string[] };
  const [stable, candidate] = [await shop('node', seen.stable), await shop('go', seen.candidate)];
  const sides = ['--stable', stable.url, '--candidate', candidate.url, '--rps', '10000'];
  const ran = await crossfade(['contract', await file(content, 'shop.json'), ...sides, ...args]);
  await Promise.all([stable.stop(), candidate.stop()]);
  return { ...ran, seen };
}

describe('a script', () => {
  const rows: readonly (readonly [script: string, value: string | null])[] = [
    ["pm.environment.set('v', pm.response.json().user.token);", 'tok-node'],
    ['var jsonData = JSON.parse(responseBody);\npostman.setEnvironmentVariable("v", jsonData.user.token);', 'tok-node'],
    ['const { user } = pm.response.json(); pm.globals.set("v", user.id)', '7'],
    ['let r = pm.response.json()\nlet id = r.items[1].id\npm.collectionVariables.set(`v`, id)', 'i2'],
    ['pm.environment.set(\'v\', pm.response.json()["a b"])', 'ab'],
    ["pm.environment.set('v', pm.response.json()['t/x'])", 'tx'],
    ['pm.environment.set("v", pm.response.headers.get("X-Tok"))', 'h1'],
    ['pm.environment.set("v", postman.getResponseHeader("X-Tok"))', 'h1'],
    ['pm.environment.set("v", pm.cookies.get("sid"))', 'c1'],
    [
      'pm.test("ok", function () { pm.response.to.have.status(200); });\npm.environment.set("v", pm.response.json().user?.token || "none");',
      'tok-node',
    ],
    [
      '// pm.environment.set("v", 1)\npm.environment.set("v", pm.response.json().user.token) /* pm.environment.set("v", 2) */',
      'tok-node',
    ],
    ['if (pm.response.code === 200) { pm.environment.set("v", pm.response.json().user.token); }', 'tok-node'],
    [
      'tests["x"] = responseCode.code === 200;\nvar data = JSON.parse(responseBody).user;\npostman.setGlobalVariable("v", data.token);',
      'tok-node',
    ],
    ['pm.environment.set(\n  "v",\n  pm.response.json()\n    .user\n    .token\n);', 'tok-node'],
    ['console.log("pm.environment.set(\'v\', 1)"); pm.environment.set("v", pm.response.json().user.token)', 'tok-node'],
    ["pm.environment.set('v', 'own x'); pm.environment.set('x', 7)", 'own%20x'],
    ['postman.setGlobalVariable("v", 42.5);', '42.5'],
    ["if (pm.response.code === 200) pm.environment.set('v', 'yes')", null],
    ['pm.environment.set("v", String(pm.response.json().user.id))', '7'],
    ['pm.environment.set("v", pm.response.json().user.id.toString())', '7'],
    [
      "try { const { user: u } = pm.response.json(); pm.environment.set('v', u['token']); } catch (e) { console.log(e) }",
      'tok-node',
    ],
    ["const first = pm.response.json().items?.[0] ?? {};\npm.environment.set('v', first.id);", 'i1'],
    [
      "let json; try { json = JSON.parse(pm.response.text()) } catch (e) { json = {} }\npm.environment.set('v', json.user.token)",
      'tok-node',
    ],
    ['const d = pm.response.json(); pm.environment.set("v", "Bearer " + d.user.token);', null],
    ['pm.environment.set("v", Date.now())', null],
    ['const j = pm.response.json(); pm.environment.set("v", j.items.find(x => x.id === "i1").id)', null],
    ['let token = pm.response.json().user.token; token = token.slice(1); pm.environment.set("v", token)', null],
    ['const ids = pm.response.json().items.map(i => i.id); pm.environment.set("v", ids[0]);', null],
    ['const {user: {token}} = pm.response.json(); pm.environment.set("v", token)', null],
  ];
  let seen: readonly string[] = [];
  let told = '';
  beforeAll(async () => {
    const items = rows.flatMap(([text], i) => [
      login(text.replaceAll(/(['"`])v\1/g, `$1v${i}$1`)),
      use(`/use/${i}/{{v${i}}}`),
    ]);
    const ran = await contract(collection(items));
    [seen, told] = [ran.seen.stable, ran.stdout];
  });

  it.each(rows.map((row, i) => [...row, i] as const))('%s gives %s', (_, value, i) => {
    expect(seen.filter((target) => target.startsWith(`/use/${i}/`))).toEqual(
      value === null ? [] : [`/use/${i}/${value}`],
    );
    if (value === null)
      expect(told).toContain(`no value for v${i}, which a script sets in a way that is not read; --value v${i}=…`);
  });
});

describe('requests that need what a script takes', () => {
  const TAKES = "pm.environment.set('token', pm.response.json().user.token)";

  it('have each side’s own value in path, query, fields, forms, JSON and GraphQL, and are compared by one name', async () => {
    const bearer = { auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}' }] } };
    const { seen, code, stdout } = await contract(
      collection([
        { name: 'before', item: [login(TAKES)] },
        use('/items/:id?by={{token}}', {
          url: { raw: '{{base}}/items/:id', variable: [{ key: 'id', value: 'x-{{token}}' }] },
          ...bearer,
        }),
        use('/form', {
          method: 'POST',
          body: { mode: 'urlencoded', urlencoded: [{ key: 'a b', value: '1 {{token}}&' }] },
        }),
        use('/json', { method: 'POST', body: { mode: 'raw', raw: '{"token":"{{token}}"}' } }),
        use('/graph', {
          method: 'POST',
          body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{"t":"{{token}}"}' } },
        }),
      ]),
      ['--allow', 'POST:/form', '--allow', 'POST:/json', '--allow', 'POST:/graph'],
    );
    const asked = (name: string) => [
      '/login',
      `/items/x-tok-${name} Bearer tok-${name}`,
      `/form a+b=1+tok-${name}%26`,
      `/json {"token":"tok-${name}"}`,
      `/graph {"query":"{ a }","variables":{"t":"tok-${name}"}}`,
    ];
    expect(seen).toEqual({ stable: asked('node'), candidate: asked('go') });
    expect([code, stdout]).toEqual([0, expect.stringContaining('5 captures on 5 routes: 5 same')]);
  });

  it('are not sent where the one before it is not, and it is said why', async () => {
    const items = [login(TAKES, { method: 'POST' }), use('/me/{{token}}'), use('/plain')];
    const { seen, code, stdout } = await contract(collection(items));
    expect(seen.stable).toEqual(['/plain']);
    expect(stdout).toContain('--allow POST:/login would send it');
    expect(stdout).toContain('it needs token, which no answer has given');
    expect(code).toBe(0);
  });

  it('are not sent where the answer lacks it, which fails the comparison', async () => {
    const { seen, code, stdout } = await contract(
      collection([login(TAKES, { url: '{{base}}/plain' }), use('/me/{{token}}')]),
    );
    expect(seen.stable).toEqual(['/plain']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('stable did not give token')]);
  });

  it('have a value of the collection before, and one of the command always', async () => {
    const items = [use('/1/{{token}}'), login(TAKES), use('/2/{{token}}')];
    const variable = [{ key: 'token', value: 'old' }];
    expect((await contract(collection(items, { variable }))).seen.stable).toEqual(['/1/old', '/login', '/2/tok-node']);
    const { seen } = await contract(collection(items, { variable }), ['--value', 'token=own']);
    expect(seen.stable).toEqual(['/1/own', '/login', '/2/own']);
  });

  it.each([
    ['a script of the collection', { event: script(TAKES) }, {}, ''],
    ['a script of a folder', {}, { event: script(TAKES) }, ''],
    ['a script that asks something first', {}, {}, `if (pm.response.json().user) ${TAKES}`],
  ])('keep what %s took where a later answer lacks it', async (_, around, folder, own) => {
    const later = { ...login(own, { url: '{{base}}/plain/{{token}}' }), name: 'later' };
    const { seen, code } = await contract(
      collection([{ item: [login(TAKES), later, use('/plain/x/{{token}}')], ...folder }], around),
    );
    expect(seen.stable).toEqual(['/login', '/plain/tok-node', '/plain/x/tok-node']);
    expect(code).toBe(0);
  });

  it('have it also where the collection asks for compressed answers', async () => {
    const header = [{ key: 'Accept-Encoding', value: 'gzip' }];
    const { seen } = await contract(collection([login(TAKES, { header }), use('/plain/{{token}}')]));
    expect(seen.stable).toEqual(['/login', '/plain/tok-node']);
  });

  it('are varied by probes, and those that give it are not', async () => {
    const items = [login(TAKES), use('/plain/{{token}}')];
    const { seen } = await contract(collection(items), ['--probe', 'trailing-slash']);
    expect(seen.stable).toEqual(['/login', '/plain/tok-node', '/plain/tok-node/']);
  });

  it('are left out of a rehearsal, where nobody answers before, also by a body', async () => {
    const items = [login(TAKES), use('/json', { method: 'POST', body: { mode: 'raw', raw: '{"token":"{{token}}"}' } })];
    const traffic = {
      files: [await file(collection(items), 'traffic.json')],
      allow: ['POST:/json'],
      headers: [],
      values: [],
    };
    const { mix } = await readTraffic({ ...traffic, stdin: Readable.from([]), signal: new AbortController().signal });
    expect(mix.map(({ path }) => path)).toEqual(['/login']);
  });

  it('come after a script before the request, which has no answer to take from', async () => {
    const before = [{ listen: 'prerequest', script: { exec: "pm.environment.set('token', pm.response.json().a)" } }];
    const item = [{ ...use('/{{token}}'), event: before }];
    expect(await plannedIn(await file(collection(item), 'before.json'))).toEqual([
      'no value for token, which a script sets in a way that is not read; --value token=… gives it',
    ]);
  });
});

it('has a value that a script before a request writes, from there on, and never against that of the command', async () => {
  const before = [{ listen: 'prerequest', script: { exec: "pm.environment.set('id', 'new')" } }];
  const items = [use('/1/{{id}}'), { ...use('/2/{{id}}'), event: before }, use('/3/{{id}}')];
  const content = await file(collection(items, { variable: [{ key: 'id', value: 'old' }] }), 'constant.json');
  expect(await plannedIn(content)).toEqual(['GET /1/old', 'GET /2/new', 'GET /3/new']);
  expect(await plannedIn(content, { values: { id: 'own' } })).toEqual(['GET /1/own', 'GET /2/own', 'GET /3/own']);
});

it('has a whole answer as the body of a later request', async () => {
  const body = { mode: 'raw', raw: '{{all}}' };
  const items = [login("postman.setEnvironmentVariable('all', responseBody);"), use('/put', { method: 'PUT', body })];
  const { seen } = await contract(collection(items), ['--allow', 'PUT:/put']);
  expect(seen.candidate[1]).toContain('/put {"user":{"token":"tok-go","id":7}');
});

it('leaves the path of the collection’s base variable out where the base URL ends with it', async () => {
  const content = await file(
    collection([use('/items')], { variable: [{ key: 'base', value: 'https://shop.test/api' }] }),
    'base.json',
  );
  expect(await plannedIn(content, { bases: ['/api'] })).toEqual(['GET /items']);
  expect(await plannedIn(content, { bases: ['/'] })).toEqual(['GET /api/items']);
});
