/** Documents and recordings as strangers would provide them. Those of Postman were compared with what Newman 6 sent. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { findSources, requestsOf } from '../../cli/compare/contract/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { asText, plannedIn, type ReadOptions } from './planned-requests.ts';

const { file } = temporaryFolder();
const read = async (name: string, content: unknown, options?: ReadOptions) =>
  plannedIn(await file(asText(content), name), options);

describe('a Postman collection', () => {
  const request = (method: string, url: unknown, rest: object = {}) => ({
    name: 'one',
    request: { method, url, ...rest },
  });
  const formdata = (...pairs: readonly object[]) => ({ body: { mode: 'formdata', formdata: pairs } });
  const raw = { body: { mode: 'raw', raw: 'z' } };

  it.each([
    ['sends no body for an empty form', [request('POST', 'h/x', formdata())], ['POST /x']],
    [
      'sends no body for a form whose fields are switched off',
      [
        request('POST', 'h/x', {
          body: { mode: 'urlencoded', urlencoded: [{ key: 'a', value: '1', disabled: true }] },
        }),
      ],
      ['POST /x'],
    ],
    ['sends no body with GET', [request('GET', 'h/x', raw)], ['GET /x']],
    [
      'sends a body with GET where it says so',
      [{ ...request('GET', 'h/x', raw), protocolProfileBehavior: { disableBodyPruning: true } }],
      ['GET /x z'],
    ],
    [
      'sends a body with GET where its folder says so',
      [{ item: [request('GET', 'h/x', raw)], protocolProfileBehavior: { disableBodyPruning: true } }],
      ['GET /x z'],
    ],
    ['leaves alone what is encoded', [request('GET', 'h/a%2Fb?t=x%2Fy%3B%20z')], ['GET /a%2Fb?t=x%2Fy%3B%20z']],
    [
      'sends the parameters of its list, and none that is switched off there',
      [
        request('GET', {
          raw: 'h/x?a=1&b=2',
          query: [
            { key: 'a', value: '1', disabled: true },
            { key: 'b', value: '2' },
            { key: 'c', value: null },
          ],
        }),
      ],
      ['GET /x?b=2&c'],
    ],
    ['sends the query of its text where there is no list', [request('GET', { raw: 'h/x?a=1?2#f' })], ['GET /x?a=1?2']],
    [
      'writes the value of a path as it is, but for what ends it',
      [request('GET', { raw: 'h/:id/y', variable: [{ key: 'id', value: 'a b/c%2Fd?e#f' }] })],
      ['GET /a%20b/c%2Fd%3Fe%23f/y'],
    ],
    ['encodes what no URL holds', [request('GET', 'h/x?q="a"&r=<b>')], ['GET /x?q=%22a%22&r=%3Cb%3E']],
    ['keeps dots of a path', [request('GET', 'h/a/../b')], ['GET /a/../b']],
    ['is sent by GET where its method is empty', [request('', 'h/x')], ['GET /x']],
    [
      'is not sent without a URL',
      [request('GET', ''), request('GET', { raw: '' })],
      ['it has no URL', 'it has no URL'],
    ],
    [
      'names the type of a field of its form',
      [
        request(
          'POST',
          'h/x',
          formdata({ key: 'a', value: '{}', contentType: 'application/json' }, { key: 'b', value: '1' }),
        ),
      ],
      ['POST /x parts a={};type=application/json&b=1'],
    ],
    [
      'names the operation of GraphQL',
      [
        request('POST', 'h/x', {
          body: { mode: 'graphql', graphql: { query: 'query Q { a }', operationName: 'Q', variables: '{"b": 1}' } },
        }),
      ],
      ['POST /x {"query":"query Q { a }","operationName":"Q","variables":{"b":1}}'],
    ],
    ['logs in by its URL', [request('GET', 'http://anna:p%40ss@h/x')], [`GET /x Basic ${btoa('anna:p@ss')}`]],
    [
      'is not sent with a form that lacks a value',
      [request('POST', 'h/x', { body: { mode: 'urlencoded', urlencoded: [{ key: 'a', value: '{{b c}}' }] } })],
      ['no value for b c; --value b c=… gives it'],
    ],
  ])('%s', async (_, item, sent) => {
    expect(await read('shop.json', { item })).toEqual(sent);
  });

  it('has ids, numbers and times that are made up, others for each request', async () => {
    const url = 'h/x?a={{$guid}}&b={{$randomInt}}&c={{$timestamp}}&d={{$isoTimestamp}}';
    const [first, second] = await read('shop.json', { item: [request('GET', url), request('GET', url)] });
    expect(first).toMatch(
      /^GET \/x\?a=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}&b=\d{1,4}&c=\d{10}&d=\d{4}-\d\d-\d\dT[\d:.]+Z$/,
    );
    expect(first?.slice(0, 30)).not.toBe(second?.slice(0, 30));
  });
});

describe('an OpenAPI document', () => {
  const document = (paths: string, head = "openapi: '3.1.0'") => `${head}\npaths:\n${paths}`;
  const body = (schema: string) =>
    document(
      `  /a: { post: { requestBody: { required: true, content: { application/json: { schema: { ${schema} } } } } } }`,
    );

  it.each([
    ['has a version without quotes', document('  /a: { get: {} }', 'openapi: 3.0'), ['GET /a']],
    ['is Swagger without quotes', document('  /a: { get: {} }', 'swagger: 2.0'), ['GET /a']],
    ['has merged keys', document('  /a: &a { get: {} }\n  /b: { <<: *a }'), ['GET /a', 'GET /b']],
    ['has empty operations', document('  /a:\n  /b: { get: }\n  /c: { get: { parameters: } }'), ['GET /b', 'GET /c']],
    [
      'tells operations of one path apart by fragments, and has patterns and letters in paths',
      document(
        '  /a#one: { get: {} }\n  /ü: { get: {} }\n  "/b/{id:[0-9]+}": { get: { parameters: [{ name: id, in: path, example: 4 }] } }',
      ),
      ['GET /a', 'GET /%C3%BC', 'GET /b/4'],
    ],
    [
      'has a parameter that is null by default',
      document(
        '  /a: { get: { parameters: [{ name: n, in: query, schema: { default: null } }, { name: m, in: query, example: 1 }] } }',
      ),
      ['GET /a?m=1'],
    ],
    [
      'takes a body of whatever type',
      document('  /a: { post: { requestBody: { content: { application/*: { example: { a: 1 } } } } } }'),
      ['POST /a {"a":1}'],
    ],
    [
      'names the types of parts of a form',
      document(
        '  /a: { post: { requestBody: { content: { multipart/form-data: { example: { a: x, b: { c: 1 }, d: <e/> }, encoding: { d: { contentType: text/xml } } } } } } }',
      ),
      ['POST /a parts a=x&b={"c":1};type=application/json&d=<e/>;type=text/xml'],
    ],
    [
      'has one operation whose reference leads nowhere',
      document("  /a: { get: { parameters: [{ $ref: '#/none' }] } }\n  /b: { get: {} }"),
      ['its $ref #/none points to nothing', 'GET /b'],
    ],
    [
      'has a reference to itself',
      document("  /a: { $ref: '#/x' }\n  /b: { get: {} }\nx: { $ref: '#/x' }"),
      ['its $ref leads in a circle', 'GET /b'],
    ],
    [
      'has a reference that leaves the folder',
      document("  /a: { $ref: '../other.yaml' }\n  /b: { get: {} }"),
      [expect.stringContaining('its $ref ../other.yaml points outside the folder'), 'GET /b'],
    ],
    [
      'has a reference to a file that is not there',
      document("  /a: { $ref: './none.yaml' }\n  /b: { get: {} }"),
      ['its $ref ./none.yaml leads to a file that cannot be read', 'GET /b'],
    ],
    ['has a path without a slash', document('  a: { get: {} }\n  x-b: 1'), ['its path does not begin with a slash']],
    [
      'has a path that names what nobody describes',
      document('  /a/{z}: { get: {} }'),
      ['no example of its path parameter z; --value z=… gives one'],
    ],
    ['is served at a relative path', document('  /a: { get: {} }\nservers: [{ url: ../v1 }]'), ['GET /v1/a']],
    [
      'is served where a variable says that has no value',
      document("  /a: { get: {} }\nservers: [{ url: 'https://h/{tenant}/v1' }]"),
      ['no value for the variable tenant of its server; --value tenant=… gives it'],
    ],
    [
      'has lists that are joined as Swagger says',
      document(
        ['csv', 'pipes', 'ssv', 'tsv', 'multi']
          .map(
            (format) =>
              `  /${format}: { get: { parameters: [{ name: a, in: query, type: array, collectionFormat: ${format}, default: [1, 2] }] } }`,
          )
          .join('\n'),
        "swagger: '2.0'",
      ),
      ['GET /csv?a=1,2', 'GET /pipes?a=1|2', 'GET /ssv?a=1%202', 'GET /tsv?a=1%092', 'GET /multi?a=1&a=2'],
    ],
    [
      'has integers that no number of JavaScript holds',
      document(
        `  /a/{id}:
    post:
      parameters: [{ name: id, in: path, required: true, example: 9007199254740993 }]
      requestBody: { content: { application/json: { example: { max: [9223372036854775807], min: -9223372036854775808, n: 7, s: '9007199254740993' } } } }`,
      ),
      [
        'POST /a/9007199254740993 {"max":[9223372036854775807],"min":-9223372036854775808,"n":7,"s":"9007199254740993"}',
      ],
    ],
    [
      'says another example beside a reference',
      document(
        "  /a: { get: { parameters: [{ name: q, in: query, schema: { $ref: '#/q', example: beside } }, { name: r, in: query, schema: { $ref: '#/q' } }] } }\nq: { type: string, example: own }",
      ),
      ['GET /a?q=beside&r=own'],
    ],
    [
      'lets a parameter hold what is reserved',
      document(
        "  /a: { get: { parameters: [{ name: u, in: query, allowReserved: true, example: 'http://h/?a=1&b#c d' }] } }",
      ),
      ['GET /a?u=http://h/?a=1%26b%23c%20d'],
    ],
    [
      'has null for an example',
      body('required: [a], properties: { a: { type: string, nullable: true, example: null } }'),
      ['POST /a {"a":null}'],
    ],
    [
      'requires what only the service gives',
      body('required: [id, n], properties: { id: { readOnly: true, example: 7 }, n: { example: x } }'),
      ['POST /a {"n":"x"}'],
    ],
    [
      'needs a file',
      document(
        '  /a: { post: { consumes: [multipart/form-data], parameters: [{ name: photo, in: formData, type: file, required: true }] } }',
        "swagger: '2.0'",
      ),
      ['its body needs the file photo, which no document holds; a curl command with -F sends it'],
    ],
  ])('%s', async (_, content, sent) => {
    expect(await read('shop.yaml', content)).toEqual(sent);
  });
});

it('a document of JSON, and a flow, keep long integers too', async () => {
  const example = '{"id":9007199254740993,"n":1.5}';
  const content = `{"openapi":"3.0.0","paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"example":${example}}}}}}}}`;
  expect(await read('shop.json', content)).toEqual([`POST /a ${example}`]);
  const flow = `format: crossfade-flow/1\nsteps: [{ request: POST /a, body: { id: 9007199254740993, n: 1.5 } }]`;
  expect(await read('flow.yaml', flow)).toEqual([`POST /a ${example}`]);
});

it('a HAR whose form has no field of its type is sent with that of its body', async () => {
  const postData = { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a', value: 'x y' }] };
  const har = { log: { entries: [{ request: { method: 'POST', url: 'http://h/a', headers: [], postData } }] } };
  const sources = await findSources(Readable.from([]), [], [await file(asText(har), 'a.har')], {
    named: 'files',
    routes: [],
    values: new Map(),
    bases: [],
  });
  const { signal } = new AbortController();
  const requests = requestsOf(sources, { routes: [], signal });
  const { value: sent } = await requests[Symbol.asyncIterator]().next();
  expect(sent).toMatchObject({
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: Buffer.from('a=x+y'),
  });
});

describe('what is no document of requests says so', () => {
  it.each([
    ['a.json', { values: [{ key: 'a', value: 'b' }], name: 'local' }, 'is an environment of Postman'],
    ['a.json', { __export_format: 4, resources: [] }, 'is an export of Insomnia: export it as HAR'],
    [
      'a.json',
      { info: { name: 'shop' }, item: [{ name: 'a', request: 'http://h/a' }, null] },
      'a.json is not a Postman collection: item.1: must be an object (got null)',
    ],
    ['a.json', { collection: { item: ['a'] } }, 'is not a Postman collection: item.0: must be an object (got "a")'],
    ['a.yaml', 'asyncapi: 3.0.0', 'is AsyncAPI'],
    ['a.yaml', 'services: {}', 'is not a known kind of document: OpenAPI has the key openapi'],
    ['a.yaml', 'openapi: 3.0.0\n---\na: 1\n', 'holds several documents of YAML'],
    ['a.json', '{"a":', 'a.json is not JSON: Unexpected end of JSON input'],
    ['a.json', '{"a": {,}}', 'a.json is not JSON: Expected property name or'],
    ['a.json', '{"openapi": "3.0.0", "paths": {}, "paths": {}}', 'a.json has the key /paths twice'],
    ['a.yaml', '{"a": {', 'a.yaml is not YAML: Flow map'],
    ['a.txt', '\n\n', 'is empty'],
    ['a.txt', Buffer.from('\ufeff/a\n', 'utf16le'), 'is UTF-16: save it as UTF-8'],
    ['a.ps1', 'Invoke-WebRequest -Uri x', 'browsers copy requests “as cURL” as well'],
    [
      'a.bru',
      'meta {\n  name: x\n}\nget {\n  url: http://h/a\n}',
      'is a request of Bruno: let it generate code, as cURL',
    ],
    ['a.hurl', 'GET http://h/b\nHTTP 200\n', 'is a file of Hurl, which writes its requests as cURL: hurl --curl FILE'],
    ['a.http', '# nothing\n', 'holds nothing that is understood'],
    ['a.html', '<html>', 'holds nothing that is understood'],
  ])('%s: %j', async (name, content, problem) => {
    await expect(read(name, content)).rejects.toThrow(problem);
  });
});

describe('a HAR', () => {
  const entries = Array.from({ length: 3 }, (_, i) => ({ request: { method: 'GET', url: `http://h/${i}"]}` } }));
  const text = JSON.stringify({ log: { pages: [{ entries: [1] }], entries } }, null, 1);
  const whole = ['GET /0%22]%7D', 'GET /1%22]%7D', 'GET /2%22]%7D'];

  it.each([
    ['that is whole', text, whole],
    [
      'that is cut within an entry: those before are sent',
      text.slice(0, text.indexOf('/2')),
      [...whole.slice(0, 2), 'cannot be read to its end: it is cut off within entry 3'],
    ],
    [
      'that is cut behind its entries',
      text.slice(0, text.lastIndexOf(']')),
      [...whole, 'cannot be read to its end: it is cut off after entry 3'],
    ],
    ['twice in one file', text + text, [...whole, ...whole]],
    [
      'without entries',
      '{"log":{"x":{"entries":[{}]}}}',
      ['cannot be read to its end: it has no log.entries, as a HAR has'],
    ],
    ['that is empty', ' ', ['cannot be read to its end: it is empty']],
    ['that is a page', '<html>', ['cannot be read to its end: it is not a JSON object, as a HAR must be']],
    ['in UTF-16', Buffer.from('\ufeff{}', 'utf16le'), ['cannot be read to its end: it is UTF-16: save it as UTF-8']],
    ['of which one entry is no JSON', text.replace('"GET"', 'GET'), ['not a JSON object', ...whole.slice(1)]],
  ])('%s', async (_, content, sent) => {
    expect(await read('x.har', content)).toEqual(sent);
  });
});

it('a recording of an old mitmproxy says how it is converted', async () => {
  const tagged = (data: string, tag: string) => `${data.length}:${data}${tag}`;
  const version = tagged(['0', '18', '2'].map((part) => tagged(part, '#')).join(''), ']');
  const [problem] = await read('old.mitm', tagged(`${tagged('version', ',')}${version}`, '}'));
  expect(problem).toContain('flow 1 was written by mitmproxy 0.18.2: convert the file by `mitmdump -nr OLD -w NEW`');
});
