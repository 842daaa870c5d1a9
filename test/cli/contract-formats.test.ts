/** Requests in the formats that other tools write. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskedService, askedService } from '../support/asked-service.ts';
import { crossfade, runCommand } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const { file } = temporaryFolder();
let [stable, candidate]: AskedService[] = [];
beforeAll(async () => {
  [stable, candidate] = [await askedService(() => '{}'), await askedService(() => '{}')];
});
afterAll(() => Promise.all([stable?.stop(), candidate?.stop()]));

const sides = () => ['--stable', stable?.url ?? '', '--candidate', candidate?.url ?? ''];
/** Sends the requests in order. */
const ONE_BY_ONE = ['--rps', '1000', '--concurrency', '1'];

/** Returns the requests that stable received, in order, with their bodies. */
async function asked(name: string, content: string, ...args: string[]) {
  const before = stable?.asked.length ?? 0;
  const result = await crossfade(['contract', ...sides(), ...ONE_BY_ONE, ...args, await file(content, name)]);
  return { ...result, requests: (stable?.asked ?? []).slice(before) };
}
const lines = (found: Awaited<ReturnType<typeof asked>>) =>
  found.requests.map(({ line, body }) => `${line}${body && ` ${body}`}`);

describe('requests are read from', () => {
  it('a list of URLs', async () => {
    const found = await asked('urls.txt', '# mine\nhttps://shop.example/a?x=1\n\n/b\nHEAD /c\n');
    expect(lines(found)).toEqual(['GET /a?x=1', 'GET /b', 'HEAD /c']);
  });

  it('curl commands as browsers and people write them', async () => {
    const text = [
      "curl 'https://shop.example/a' \\",
      "  -H 'Accept: text/html' \\",
      '  --compressed',
      `curl -sX POST https://shop.example/b -H "Content-Type: application/json" -d '{"a":"it'\\''s"}'`,
      "curl shop.example/c?d=1 --data-raw $'x=1\\ny'",
      'curl -G https://shop.example/e --data-urlencode "q=a b" -u anna:pw',
      "curl --json '{",
      '  "n": 1 }\' http://shop.example/f',
    ].join('\n');
    const found = await asked('commands.sh', text, '--allow', 'POST:/b', '--allow', 'POST:/c', '--allow', 'POST:/f');
    expect(lines(found)).toEqual([
      'GET /a',
      `POST /b {"a":"it's"}`,
      'POST /c?d=1 x=1\ny',
      'GET /e?q=a+b',
      'POST /f {\n  "n": 1 }',
    ]);
    expect(found.requests[0]?.headers.accept).toBe('text/html');
    expect(found.requests[3]?.headers.authorization).toBe('Basic YW5uYTpwdw==');
  });

  it('access logs of nginx, Apache and an ALB', async () => {
    const combined = '203.0.113.9 - - [25/Nov/2026:12:00:00 +0000] "GET /a?x=1 HTTP/1.1" 200 12 "-" "agent/1"';
    const common = '203.0.113.9 - anna [25/Nov/2026:12:00:00 +0000] "HEAD /b HTTP/1.0" 304 -';
    const broken = '203.0.113.9 - - [25/Nov/2026:12:00:00 +0000] "\\x16\\x03" 400 0 "-" "-"';
    const alb =
      'https 2026-11-25T12:00:00.000000Z app/my/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/c?y=2 HTTP/1.1" "curl/8" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn "Root=1-5" "www.example.com" "arn" 1 2026-11-25T12:00:00Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"';
    const found = await asked('access.log', [combined, common, broken, alb, ''].join('\n'));
    expect(lines(found)).toEqual(['GET /a?x=1', 'HEAD /b', 'GET /c?y=2']);
    expect(found.requests[0]?.headers['user-agent']).toBe('agent/1');
    expect(found.stdout).toContain('Not sent: 1 × a line is not a known kind of request');
  });

  it('a Postman collection, with its variables, folders and bodies', async () => {
    const request = (url: unknown, rest: object = {}) => ({ name: 'one', request: { method: 'GET', url, ...rest } });
    const collection = {
      info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      variable: [
        { key: 'base', value: 'https://shop.example' },
        { key: 'n', value: 7 },
      ],
      item: [
        {
          name: 'folder',
          item: [request({ raw: '{{base}}/items/:id?x={{n}}', variable: [{ key: 'id', value: 'a b' }] })],
        },
        request('{{base}}/users/{{user}}'),
        request('{{base}}/nobody/{{nobody}}'),
        request(
          { raw: '{{base}}/form' },
          {
            method: 'POST',
            body: {
              mode: 'urlencoded',
              urlencoded: [
                { key: 'a', value: '{{n}}' },
                { key: 'b', value: '2', disabled: true },
              ],
            },
          },
        ),
      ],
    };
    const found = await asked('shop.json', JSON.stringify(collection), '--value', 'user=anna', '--allow', 'POST:/form');
    expect(lines(found)).toEqual(['GET /items/a%20b?x=7', 'GET /users/anna', 'POST /form a=7']);
    expect(found.stdout).toContain('no value for nobody; --value nobody=… gives it');
  });

  it('curl commands copied for cmd.exe or out of a terminal, forms, and options that have a value', async () => {
    const text = [
      'curl ^"https://shop.example/a?b=1^&c=2^" ^',
      '  -H ^"x-note: say ^\\^"hi^\\^"^" ^',
      '  --data-raw ^"^{^\\^"a^\\^":1^}^"',
      '$ curl --oauth2-bearer token https://shop.example/d # as a customer',
      "curl -F 'name=x y' https://shop.example/f",
      'curl -F file=@photo.png https://shop.example/g',
      'curl https://shop.example/h https://shop.example/i',
    ].join('\n');
    const found = await asked('all.txt', text, '--allow', 'POST:/a', '--allow', 'POST:/f');
    const [first, second, form = ''] = lines(found);
    expect([first, second]).toEqual(['POST /a?b=1&c=2 {"a":1}', 'GET /d']);
    expect(form).toMatch(/^POST \/f --\S+\r\nContent-Disposition: form-data; name="name"\r\n\r\nx y\r\n--\S+--/);
    expect(lines(found).slice(3)).toEqual(['GET /h', 'GET /i']);
    expect(found.stdout).toContain('1 × it names the file photo.png, which cannot be read');
  });

  it('a Postman collection of version 2.0, with how it logs in, its base path and a form', async () => {
    const base = '{{base}}';
    const collection = {
      info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json' },
      variable: [{ key: 'base', value: 'https://shop.example/v1' }],
      auth: { type: 'apikey', apikey: { key: 'k', value: 's3cret', in: 'query' } },
      item: [
        { name: 'a', request: { method: 'GET', auth: { type: 'noauth' }, header: 'X-B: 2', url: `${base}/a?x=1` } },
        { name: 'e', request: { method: 'GET', url: `${base}/e` } },
        { name: 'b', request: { method: 'GET', auth: { type: 'noauth' }, url: `${base}/b` } },
        {
          name: 'c',
          request: {
            method: 'POST',
            auth: { type: 'bearer', bearer: [{ key: 'token', value: 't' }] },
            body: { mode: 'formdata', formdata: [{ key: 'f', value: '1', type: 'text' }] },
            url: `${base}/c`,
          },
        },
        {
          name: 'd',
          request: {
            method: 'POST',
            auth: { type: 'noauth' },
            body: { mode: 'file', file: { src: 'x' } },
            url: `${base}/d`,
          },
        },
      ],
    };
    const found = await asked('shop.json', JSON.stringify({ collection }), '--allow', 'POST:/v1/c');
    const [first, second, form] = lines(found);
    expect([first, second]).toEqual(['GET /v1/a?x=1', 'GET /v1/b']);
    expect(form).toContain('POST /v1/c --');
    expect(found.requests[0]?.headers).toMatchObject({ 'x-b': '2' });
    expect(found.stdout).toContain('1 × an API key in the query would appear in every output');
    expect(found.stdout).not.toContain('s3cret');
  });

  it('OpenAPI 3 whose references lead into other files of its folder', async () => {
    await file(
      'Id: { $ref: "#/All/Id" }\nAll: { Id: { name: id, in: path, required: true, example: 9 } }',
      'parts.yaml',
    );
    const paths = '{ "/items/{id}": { get: { parameters: [{ $ref: "./parts.yaml#/Id" }] } } }';
    const found = await asked('api.yaml', `openapi: 3.1.0\npaths: ${paths}`);
    expect(lines(found)).toEqual(['GET /items/9']);
  });

  it('Swagger 2 and OpenAPI 3, with values that they do not give', async () => {
    const swagger = `
swagger: '2.0'
basePath: /v1
parameters: { page: { name: page, in: query, type: integer, default: 3 } }
paths:
  /items/{slug}:
    parameters: [{ name: slug, in: path, required: true, type: string }]
    get: { parameters: [{ $ref: '#/parameters/page' }] }
    put: { parameters: [{ name: body, in: body, required: true, schema: { type: object, properties: { n: { type: integer, example: 1 } } } }] }
`;
    const found = await asked('swagger.yaml', swagger, '--value', 'slug=first post', '--allow', 'PUT:/v1/items/{slug}');
    expect(lines(found).sort()).toEqual(['GET /v1/items/first%20post?page=3', 'PUT /v1/items/first%20post {"n":1}']);
    const without = await asked('swagger.yaml', swagger);
    expect(without.stdout).toContain('no example of its path parameter slug; --value slug=… gives one');
    expect(await asked('urls.txt', '/a', '--value', 'slug')).toMatchObject({ code: 2 });
  });
});

describe('standard input holds', () => {
  const leg = {
    outcome: 'response',
    status: 200,
    headers: [],
    body: { encoding: 'utf8', data: '', bytes: 0, truncated: false },
    timing: { firstByteMs: 1, totalMs: 1 },
  };
  const log = {
    format: 'crossfade-leg/1',
    at: '2026-11-24T08:00:00.000Z',
    request: { method: 'GET', target: '/log' },
    leg,
  };
  const openapi = 'openapi: 3.1.0\ninfo: { title: a, version: "1" }\npaths: { /doc: { get: {} } }\n';
  const collection = { info: { name: 'a' }, item: [{ name: 'a', request: { method: 'GET', url: 'https://h/pm' } }] };
  const flow = 'format: crossfade-flow/1\nsteps: [{ request: GET /step }]\n';

  it.each([
    ['URLs', '/a\n/b\n', ['GET /a', 'GET /b']],
    ['curl commands', "curl 'https://h/a' \\\n  -H 'Accept: x'\n", ['GET /a']],
    ['a log of one side', `${JSON.stringify(log)}\n`, ['GET /log']],
    ['an OpenAPI document', `# mine\n${openapi}`, ['GET /doc']],
    ['a Postman collection on one line', JSON.stringify(collection), ['GET /pm']],
    ['a Postman collection on several lines', JSON.stringify(collection, null, 2), ['GET /pm']],
    ['a flow', flow, ['GET /step']],
  ])('%s', async (_, stdin, sent) => {
    const before = stable?.asked.length ?? 0;
    // In pieces, as from a pipe.
    const pieces = stdin.match(/[\s\S]{1,7}/g) ?? [];
    expect(
      await runCommand(['contract', '-', ...sides(), ...ONE_BY_ONE], {
        stdin: Readable.from(pieces.map((piece) => Buffer.from(piece))),
      }),
    ).toMatchObject({ code: 0 });
    expect((stable?.asked ?? []).slice(before).map(({ line }) => line)).toEqual(sent);
  });

  it('captures of any length, which are read as they come', async () => {
    let drawn = 0;
    const lines = async function* () {
      for (; drawn < 10_000; drawn++)
        yield Buffer.from(`${JSON.stringify({ ...log, request: { method: 'GET', target: `/log/${drawn}` } })}\n`);
    };
    const args = ['contract', '-', ...sides(), '--rps', '10000', '--limit', '20'];
    const before = stable?.asked.length ?? 0;
    expect((await runCommand(args, { stdin: Readable.from(lines()) })).code).toBe(0);
    const sent = (stable?.asked.length ?? 0) - before;
    expect([sent, drawn < 10_000]).toEqual([20, true]);
  });
});
