/** Requests from documents and recordings as other tools really write them: what would be sent, or why it is not. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { asText, plannedIn, type ReadOptions } from './planned-requests.ts';

const { file } = temporaryFolder();
/** Name of the case, document, what is sent, and options if any. */
const rows = (list: readonly (readonly [string, unknown, readonly string[], ReadOptions?])[]) =>
  list.map(([sentence, content, sent, options = {}]) => [sentence, content, sent, options] as const);

const read = async (name: string, content: unknown, options?: ReadOptions) =>
  plannedIn(await file(asText(content), name), options);

describe('a Postman collection', () => {
  const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
  const collection = (item: readonly unknown[], rest: object = {}) => ({
    info: { name: 'shop', schema },
    item,
    ...rest,
  });
  const request = (url: unknown, rest: object = {}) => ({ name: 'one', request: { method: 'GET', url, ...rest } });
  const variable = (variables: Readonly<Record<string, string>>) => ({
    variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
  });
  const auth = (type: string, details: Readonly<Record<string, string>>) => ({
    auth: { type, [type]: Object.entries(details).map(([key, value]) => ({ key, value })) },
  });

  it.each(
    rows([
      [
        'has logins of folders, with variables and letters beyond Latin-1',
        collection(
          [{ ...auth('basic', { username: '{{u}}', password: '€' }), item: [request('{{base}}/a')] }],
          variable({ u: 'anna', base: 'https://h/v2/' }),
        ),
        [`GET /v2/a Basic ${Buffer.from('anna:€').toString('base64')}`],
      ],
      [
        'may write a URL by its parts alone',
        collection([
          request({
            host: ['shop', 'example'],
            path: ['a', ':id', ''],
            query: [
              { key: 'q', value: '1' },
              { key: 'off', value: '', disabled: true },
              { key: 'flag', value: null },
            ],
            variable: [{ key: 'id', value: '7' }],
          }),
        ]),
        ['GET /a/7/?q=1&flag'],
      ],
      [
        'has variables that stand for others',
        collection([request('{{url}}/x')], variable({ host: 'https://h', url: '{{host}}/api' })),
        ['GET /api/x'],
      ],
      [
        'has GraphQL whose variables are JSON only when they are filled in',
        collection(
          [
            request('{{b}}/g', {
              method: 'POST',
              body: { mode: 'graphql', graphql: { query: '{ a }', variables: '{"n": {{n}}}' } },
            }),
          ],
          variable({ n: '3' }),
        ),
        ['POST /g {"query":"{ a }","variables":{"n":3}}'],
      ],
      [
        'has bodies that are switched off',
        collection([request('{{b}}/x', { method: 'POST', body: { mode: 'raw', raw: 'z', disabled: true } })]),
        ['POST /x'],
      ],
      [
        'logs in by a token that OAuth gave',
        collection([request('{{b}}/x', auth('oauth2', { accessToken: 't' }))]),
        ['GET /x Bearer t'],
      ],
      [
        'takes secrets that are filled in when they are sent',
        collection([request('{{b}}/x', auth('bearer', { token: '{{token}}' }))]),
        ['GET /x Bearer {{env:TOKEN}}'],
        { values: { token: '{{env:TOKEN}}' } },
      ],
      [
        'is not sent with a login that needs an exchange',
        collection([request('{{b}}/x', auth('digest', {}))]),
        [expect.stringContaining('its login is of the type digest')],
      ],
      [
        'is not sent with a header that has no value',
        collection([request('{{b}}/x', { header: [{ key: 'X', value: '{{v}}' }] })]),
        ['no value for v; --value v=… gives it'],
      ],
      [
        'is not sent with a value that Postman would make up, but for ids, times and numbers',
        collection([request('{{b}}/x?id={{$randomCity}}')]),
        [expect.stringContaining('no value for $randomCity')],
      ],
    ]),
  )('%s', async (_, content, sent, options) => {
    expect(await read('shop.json', content, options)).toEqual(sent);
  });

  it.each([
    ['an environment', { values: [], _postman_variable_scope: 'environment' }, 'is an environment of Postman'],
    ['a collection of version 1', { id: '1', order: [], requests: [] }, 'is a Postman collection of version 1'],
  ])('is none: %s', async (_, content, problem) => {
    await expect(read('shop.json', content)).rejects.toThrow(problem);
  });
});

describe('an OpenAPI document', () => {
  const document = (paths: object, rest: object = {}) => ({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths,
    ...rest,
  });
  const body = (schema: unknown, type = 'application/json') => ({
    requestBody: { required: true, content: { [type]: { schema } } },
  });
  const text = (example: unknown) => ({ type: 'string', example });
  const schemas = (members: object) => ({ components: { schemas: members } });
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  it.each(
    rows([
      [
        'has a schema that contains itself: its example does not',
        document(
          { '/n': { post: body(ref('Node')) } },
          schemas({ Node: { properties: { name: text('a'), child: ref('Node'), children: { items: ref('Node') } } } }),
        ),
        ['POST /n {"name":"a"}'],
      ],
      [
        'has schemas of several parts, whose required properties stand in another part',
        document({
          '/p': {
            post: body({
              allOf: [{ required: ['b'], properties: { a: text('1') } }, { properties: { b: text('2') } }],
            }),
          },
        }),
        ['POST /p {"a":"1","b":"2"}'],
      ],
      [
        'says by a discriminator which schema it is',
        document(
          {
            '/p': {
              post: body({
                oneOf: [ref('Cat')],
                discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat' } },
              }),
            },
            '/c': { post: body(ref('Cat')) },
          },
          schemas({
            Pet: {
              required: ['kind'],
              properties: { kind: { type: 'string' } },
              discriminator: { propertyName: 'kind' },
            },
            Cat: { allOf: [ref('Pet'), { properties: { lives: { example: 9 } } }] },
          }),
        ),
        ['POST /p {"kind":"cat","lives":9}', 'POST /c {"kind":"Cat","lives":9}'],
      ],
      [
        'has members of bodies that the command gives where it has no example, as their schemas take them',
        document({
          '/p': {
            post: body({
              required: ['user', 'n'],
              properties: {
                user: { required: ['name'], properties: { name: { type: 'string' }, role: { enum: ['a'] } } },
                n: { type: 'integer' },
                tags: { type: 'array', items: { type: 'string' } },
                code: { type: 'string' },
                upload: { type: 'string', format: 'binary' },
                other: { type: 'string' },
              },
            }),
          },
        }),
        ['POST /p {"user":{"name":"7","role":"a"},"n":7,"tags":["x"],"code":"{{run}}"}'],
        { values: { name: '7', role: 'b', n: '7', tags: '["x"]', code: '{{run}}', upload: 'x' } },
      ],
      [
        'has names in path and query that are filled in, and encoded, when it is sent',
        document({
          '/p/{a}': { get: { parameters: [...['b', 'c'].map((name) => ({ name, in: 'query', required: true }))] } },
        }),
        ['GET /p/x%20{{run}}?b={{env:KEY}}&c=%7B'],
        { values: { a: 'x {{run}}', b: '{{env:KEY}}', c: '{' } },
      ],
      [
        'says which member of a body has no example, the innermost first',
        document({
          '/p': {
            post: body({
              required: ['user'],
              properties: { user: { required: ['name'], properties: { name: { type: 'string' } } } },
            }),
          },
        }),
        ['no example of name in its body; --value name=… gives one'],
      ],
      [
        'is served below the path of its first server',
        document(
          { '/a': { get: {} } },
          { servers: [{ url: 'https://{r}.example/{v}/', variables: { r: { default: 'eu' }, v: { default: 'v3' } } }] },
        ),
        ['GET /v3/a'],
      ],
      [
        'is not, where the base URL has that path',
        document({ '/a': { get: {} } }, { servers: [{ url: '/v3' }] }),
        ['GET /a'],
        { bases: ['/app/v3/', '/'] },
      ],
      [
        'has parameters that are written as JSON',
        document({
          '/a': {
            get: {
              parameters: [
                { name: 'f', in: 'query', required: true, content: { 'application/json': { example: { a: 1 } } } },
              ],
            },
          },
        }),
        ['GET /a?f=%7B%22a%22%3A1%7D'],
      ],
      [
        'has forms of parts',
        document({
          '/f': { post: body({ properties: { a: text('v'), n: { items: { example: 1 } } } }, 'multipart/form-data') },
        }),
        ['POST /f parts a=v&n=1'],
      ],
    ]),
  )('%s', async (_, content, sent, options) => {
    expect(await read('api.json', content, options)).toEqual(sent);
  });

  it.each([
    [
      'parameters that are no list',
      document({ '/x': { get: { parameters: {} } } }),
      'paths./x.get: parameters: must be a list',
    ],
    ['webhooks alone', { openapi: '3.1.0', info: {}, webhooks: {} }, 'describes webhooks alone'],
  ])('is refused with %s', async (_, content, problem) => {
    await expect(read('api.json', content)).rejects.toThrow(problem);
  });
});

describe('Swagger 2', () => {
  const form = (type: string, ...parameters: object[]) => ({
    swagger: '2.0',
    basePath: '/v2',
    paths: {
      '/f': {
        post: {
          consumes: [type],
          parameters: parameters.map((one) => ({ in: 'formData', type: 'string', required: true, ...one })),
        },
      },
    },
  });

  it.each<readonly [string, unknown, readonly string[]]>([
    [
      'has lists in forms',
      form(
        'application/x-www-form-urlencoded',
        { name: 'a', default: 'x y' },
        { name: 'b', type: 'array', 'x-example': ['p', 'q'] },
      ),
      ['POST /v2/f a=x%20y&b=p&b=q'],
    ],
    ['has forms of parts', form('multipart/form-data', { name: 'a', default: 'v' }), ['POST /v2/f parts a=v']],
  ])('%s', async (_, content, sent) => {
    expect(await read('swagger.json', content)).toEqual(sent);
  });
});

describe('a recording', () => {
  const entry = (request: object) => ({
    startedDateTime: '2026-11-25T12:00:00.000Z',
    time: 1,
    request: { method: 'POST', url: 'https://shop.example/p', headers: [], ...request },
    response: { status: 200, headers: [], content: {} },
  });
  const har = (request: object) => ({ log: { version: '1.2', entries: [entry(request)] } });
  const log = JSON.stringify({ request: { method: 'GET', uri: '/c', headers: {} }, status: 200 });

  it.each<readonly [string, string, unknown, readonly string[]]>([
    ['is a HAR by its content', 'recorded.json', har({ method: 'GET' }), ['GET /p']],
    ['is an access log of JSON by its content', 'access.json', `${log}\n${log}\n`, ['GET /c', 'GET /c']],
    ['is an access log that is compressed', 'access.log.gz', gzipSync(`${log}\n`), ['GET /c']],
    [
      'has forms of fields',
      'a.har',
      har({
        postData: { mimeType: 'application/x-www-form-urlencoded', text: '', params: [{ name: 'a', value: '1 2' }] },
      }),
      ['POST /p a=1+2'],
    ],
    [
      'is not sent without its body, which lies in a file',
      'b.har',
      har({ postData: { mimeType: 'application/json', params: [], _file: 'x.json' } }),
      ['its body was not captured whole'],
    ],
    [
      'is not sent without its files',
      'c.har',
      har({ postData: { mimeType: 'multipart/form-data; boundary=W', params: [{ name: 'f', fileName: 'x.png' }] } }),
      ['its body was not captured whole'],
    ],
  ])('%s', async (_, name, content, sent) => {
    expect(await read(name, content)).toEqual(sent);
  });
});
