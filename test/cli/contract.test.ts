import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { captureRecordSchema } from '../../capture/format/record.ts';
import { type AskedService, askedService } from '../support/asked-service.ts';
import { har, harEntry, legLine, ndjson, pair } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';

const folder = temporaryFolder();
const { file } = folder;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function service(answer: (line: string) => string | null) {
  const started = await askedService(answer);
  stops.push(started.stop);
  return started;
}

const contract = (stable: AskedService, candidate: AskedService, ...args: string[]) =>
  crossfade(['contract', '--stable', stable.url, '--candidate', candidate.url, '--rps', '1000', ...args]);
async function json(stable: AskedService, candidate: AskedService, ...args: string[]) {
  const { code, stdout, stderr } = await contract(stable, candidate, '--json', ...args);
  return { code, stderr, ...JSON.parse(stdout) };
}

const get = (target: string, id: string, headers: [string, string][] = []) => {
  const record = pair(id);
  return { ...record, request: { method: 'GET', target, headers } };
};
const post = (body: object) => {
  const data = JSON.stringify(body);
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(data.length)],
  ];
  const captured = { encoding: 'utf8', data, bytes: data.length, truncated: false } as const;
  return {
    ...pair('post'),
    request: { method: 'POST', target: '/items', headers, body: captured },
    route: 'POST /items',
  };
};

describe('crossfade contract over recorded requests', () => {
  it('is clean where both services answer alike, and asks each of them once', async () => {
    const [stable, candidate] = [await service(() => '{"id":1}'), await service(() => '{"id":1}')];
    const path = await file(ndjson([get('/items/1', 'a'), get('/items/2?x=1', 'b')]));
    const { code, stdout } = await contract(stable, candidate, path);
    expect(stdout).toContain('2 captures on 1 route: 2 same');
    expect(code).toBe(0);
    expect(stable.lines()).toEqual(['GET /items/1', 'GET /items/2?x=1']);
    expect(candidate.lines()).toEqual(stable.lines());
  });

  it('shows what differs by route and cause, under the base path of each side', async () => {
    const stable = await service(() => '{"tags":[]}');
    const candidate = await service((line) => (line === 'GET /v2/items/1' ? '{"tags":null}' : 'none'));
    const path = await file(ndjson([get('/items/1', 'a')]));
    const found = await json(stable, { ...candidate, url: `${candidate.url}/v2/` }, path);
    expect(found).toMatchObject({
      code: 1,
      causes: [
        { route: 'GET /items/{id}', cause: 'null-for-empty-array', samples: [{ requestId: 'replay-a', line: 1 }] },
      ],
    });
  });

  it('sends the same id, the recorded fields and those that were given, and nothing of the recorded connection', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const fields: [string, string][] = [
      ['Host', 'shop.example'],
      ['Accept-Language', 'de'],
      ['Connection', 'close'],
      ['Traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ['Authorization', 'Bearer hmac:0123456789abcdef'],
    ];
    const path = await file(ndjson([get('/items/1', 'a', fields)]));
    const { code } = await contract(stable, candidate, path, '--header', 'Authorization: Bearer test');
    expect(code).toBe(0);
    const [request] = candidate.asked;
    expect(request?.headers).toMatchObject({
      host: new URL(candidate.url).host,
      'accept-language': 'de',
      authorization: 'Bearer test',
      'x-request-id': 'replay-a',
    });
    expect(request?.headers).not.toHaveProperty('traceparent');
    expect(stable.asked[0]?.headers['x-request-id']).toBe('replay-a');
  });

  it('sends no redacted value as if it were one, and counts what it leaves out', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const secret = 'hmac:0123456789abcdef';
    const path = await file(
      ndjson([
        get(`/items/1?token=${secret}`, 'a'),
        get('/items/2', 'b', [['Cookie', `sid=${secret}`]]),
        get('/items/3', 'c', [['Cookie', `sid=${secret}`]]),
        get('/items/4', 'd'),
      ]),
    );
    const { stdout } = await contract(stable, candidate, path);
    expect(stdout).toContain('Not sent: 2 × the header cookie is redacted');
    expect(stdout).toContain('Not sent: 1 × its target holds redacted values');
    expect(stable.lines()).toEqual(['GET /items/4']);
    await contract(stable, candidate, path, '--header', 'Cookie:');
    expect(candidate.lines()).toEqual(['GET /items/2', 'GET /items/3', 'GET /items/4', 'GET /items/4']);
  });

  it('sends what has side effects only where that is allowed, with its body', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson([get('/items/1', 'a'), post({ name: 'x' })]));
    const first = await contract(stable, candidate, path);
    expect(first.stdout).toContain('Not sent: 1 × POST may have side effects; --allow POST:/items would send it');
    expect(candidate.lines()).toEqual(['GET /items/1']);
    await contract(stable, candidate, path, '--allow', 'POST:/items');
    expect(candidate.asked.find(({ line }) => line === 'POST /items')?.body).toBe('{"name":"x"}');
    const every = await contract(stable, candidate, path, '--allow', 'POST:/**', '--allow', 'PUT:/items/*');
    expect(candidate.lines().filter((line) => line === 'POST /items')).toHaveLength(2);
    expect(every.stdout).toContain('--allow PUT:/items/* took in no request.');
  });

  it('takes HAR and the log of one side as well', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const recorded = await file(har([harEntry('https://shop.example/a?x=1', '1', 'one')]), 'requests.har');
    const log = await file(ndjson([legLine('/b', '1', 'two'), '{"format":"crossfade-leg/9"}']));
    const found = await json(stable, candidate, recorded, log);
    expect(found).toMatchObject({ code: 2, captures: 2, unreadable: { count: 1, first: [{ file: log, line: 2 }] } });
    expect(candidate.lines()).toEqual(['GET /a?x=1', 'GET /b']);
  });

  it('gives each answer its deadline, and is no success where the stable side gave none', async () => {
    const [quick, hung] = [await service(() => '1'), await service(() => null)];
    const path = await file(ndjson([get('/items/1', 'a')]));
    expect(await json(quick, hung, path, '--deadline', '100')).toMatchObject({
      code: 1,
      causes: [{ cause: 'no-answer' }],
      routes: [{ newErrors: 1 }],
    });
    const { code, stdout } = await contract(hung, quick, path, '--deadline', '100');
    expect(code).toBe(1);
    expect(stdout).toContain('stable gave no answer to 1 of 1 request');
  });

  it('keeps pairs for crossfade diff, redacted', async () => {
    const [stable, candidate] = [
      await service(() => '{"iban":"DE1","n":1}'),
      await service(() => '{"iban":"DE1","n":2}'),
    ];
    const out = join(folder.path, 'out.ndjson');
    const path = await file(ndjson([get('/items/1', 'a', [['Authorization', 'Bearer s3cret']])]));
    await contract(stable, candidate, path, '--out', out, '--redact-json', '/iban');
    const written = await readFile(out, 'utf8');
    expect(captureRecordSchema.parse(JSON.parse(written)).route).toBe('GET /items/{id}');
    expect(written).not.toMatch(/s3cret|sid=secret|DE1/);
    const { code, stdout } = await crossfade(['diff', out]);
    expect(code).toBe(1);
    expect(stdout).toContain('number-value');
  });

  it('prints no secret of what it would send, and of what it does not', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const asked = pair('b');
    const put = { ...asked, request: { method: 'PUT', target: '/reset/S3cret-2', headers: [['Content-Length', '0']] } };
    const path = await file(ndjson([get('/items/1?token=S3cret-1&page=2', 'a'), put]));
    for (const option of ['--dry-run', '--json']) {
      const { stdout, stderr } = await contract(stable, candidate, path, option);
      expect(`${stdout}${stderr}`).not.toContain('S3cret');
    }
    const { stdout } = await contract(stable, candidate, path, '--dry-run');
    expect(stdout).toContain('GET /items/1?token={secret}&page=2');
    expect(stdout).toContain('--allow PUT:/reset/{secret} would send it');
  });

  it('says with --dry-run what it would send, and sends nothing', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson([get('/items/1', 'a'), post({ name: 'x' })]));
    const { code, stdout } = await contract(stable, candidate, path, '--dry-run', '--probe', 'trailing-slash');
    expect(code).toBe(0);
    expect(stdout).toContain('2 requests would be sent:');
    expect(stdout).toContain('GET /items/1/  (replay-a~trailing-slash)');
    expect(stdout).toContain('Not sent: 1 × POST may have side effects');
    expect([...stable.asked, ...candidate.asked]).toEqual([]);
  });

  it('sends no more than its limit', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson(Array.from({ length: 9 }, (_, i) => get(`/items/${i}`, `r${i}`))));
    expect(await json(stable, candidate, path, '--limit', '3')).toMatchObject({ captures: 3 });
    expect(candidate.asked).toHaveLength(3);
  });

  it('says that its limit was reached, and suspects no --allow that what was cut off may have needed', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson([get('/items/1', 'a'), get('/items/2', 'b'), post({ name: 'x' })]));
    const args = ['--allow', 'POST:/items', '--allow', 'PUT:/none'];
    const cut = await contract(stable, candidate, path, ...args, '--limit', '1');
    expect(cut.stdout).toContain('--limit 1 was reached: the requests behind are not sent.');
    expect(cut.stdout).not.toContain('took in no request');
    const whole = await contract(stable, candidate, path, ...args, '--limit', '3');
    expect(whole.stdout).not.toContain('was reached');
    expect(whole.stdout).toContain('--allow PUT:/none took in no request.');
  });

  it('says that browsers were not tried where stable allows other origins, and no request names one', async () => {
    const shared = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end('{}');
    });
    stops.push(shared.stop);
    const [path, both] = [
      await file(ndjson([get('/items/1', 'a')])),
      ['--stable', shared.url, '--candidate', shared.url],
    ];
    const asked = async (...args: string[]) => (await crossfade(['contract', ...both, ...args, path])).stdout;
    expect(await asked()).toContain('No request names an Origin');
    expect(await asked('--header', 'Origin: https://app.example')).not.toContain('Origin');
    const plain = await service(() => '{}');
    expect((await contract(plain, plain, path)).stdout).not.toContain('Origin');
  });

  it('does not follow a redirect, wherever it leads', async () => {
    const elsewhere = await service(() => '1');
    const sides = await Promise.all(
      [0, 1].map(() => serve((_q, response) => response.writeHead(302, { Location: elsewhere.url }).end())),
    );
    stops.push(...sides.map(({ stop }) => stop));
    const [stable, candidate] = sides.map(({ url }) => url);
    const path = await file(ndjson([get('/items/1', 'a')]));
    const { code } = await crossfade(['contract', '--stable', `${stable}`, '--candidate', `${candidate}`, path]);
    expect(code).toBe(0);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('crossfade contract with probes', () => {
  it('varies one request of each route as Express and Go are known to read it differently', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson([get('/items/1?x=1', 'a'), get('/items/2?x=1', 'b')]));
    const { code } = await contract(stable, candidate, path, '--probe', 'all');
    expect(code).toBe(0);
    expect(candidate.lines()).toEqual(
      [
        'GET /items/1?x=1',
        'GET /items/2?x=1',
        'GET /ITEMS/1?x=1',
        'GET /items/1/?x=1',
        'GET //items/1?x=1',
        'GET /crossfade-probe/../items/1?x=1',
        'GET /items/1/crossfade-probe/unknown?x=1',
        'PROPFIND /items/1?x=1',
        'HEAD /items/1?x=1',
        'GET /items/1?x=1;crossfade=1',
        'GET /items/1?x=1%zz',
        'GET /items/1?x[crossfade]=1',
        'GET /items/1?x=1&x=1',
      ].sort(),
    );
  });

  it('writes a key of the body in another case, where the request may be sent', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = await file(ndjson([post({ name: 'x' })]));
    await contract(stable, candidate, path, '--allow', 'POST:/items', '--probe', 'body-key-case');
    expect(candidate.asked.map(({ body }) => body).sort()).toEqual(['{"NAME":"x"}', '{"name":"x"}']);
  });
});

const OPENAPI = `openapi: 3.1.0
info: { title: Shop, version: '1' }
paths:
  /items/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer }, examples: { book: { value: 7 }, pen: { value: 8 } } }
    get:
      operationId: item
      parameters:
        - { name: fields, in: query, schema: { type: array }, example: [name, price] }
        - { $ref: '#/components/parameters/locale' }
    post:
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [name], properties: { name: { type: string, example: x } } }
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
components:
  parameters:
    locale: { name: Accept-Language, in: header, schema: { default: de } }
`;

describe('crossfade contract over an OpenAPI document', () => {
  it('asks what the examples say, and says what has none', async () => {
    const [stable, candidate] = [await service(() => '1'), await service((line) => (line.includes('8') ? '2' : '1'))];
    const path = await file(OPENAPI, 'shop.yaml');
    const { code, stdout } = await contract(stable, candidate, path, '--allow', 'POST:/items/{id}');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'Not sent: 1 × no example of its path parameter id; --value id=… gives one (GET /orders/{id})',
    );
    expect(stdout).toContain('openapi-item-pen');
    expect(stable.lines()).toEqual([
      'GET /items/7?fields=name&fields=price',
      'GET /items/8?fields=name&fields=price',
      'POST /items/7',
      'POST /items/8',
    ]);
    expect(stable.asked[0]?.headers).toMatchObject({ 'accept-language': 'de' });
    expect(stable.asked.find(({ line }) => line === 'POST /items/7')?.body).toBe('{"name":"x"}');
  });

  it('reads JSON as well', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const document = { openapi: '3.0.3', info: { title: 'a', version: '1' }, paths: { '/health': { get: {} } } };
    const path = await file(JSON.stringify(document), 'openapi.json');
    expect(await json(stable, candidate, path)).toMatchObject({ code: 0, captures: 1 });
  });
});
