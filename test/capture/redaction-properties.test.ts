import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded } from '../../capture/redaction/search/secret-names.ts';
import type { Planted } from './planted-secrets.ts';
import { readable, stored } from './redaction-rig.ts';

/** A value that needs no escaping in any carrier, and that no harmless text contains. */
const secretValue = fc.stringMatching(/^[A-Z][a-z]\d[A-Za-z0-9]{9,20}$/);
const secretName = fc
  .constantFrom(
    ...[
      'password',
      'client_secret',
      'access_token',
      'refresh_token',
      'api_key',
      'private_key',
      'session_id',
      'id_token',
    ],
    ...['signature', 'csrf_token', 'otp', 'passwd', 'auth_token', 'secret_access_key', 'jwt', 'new_password', 'cvv'],
  )
  .chain((name) => {
    const words = name.split('_');
    const camel = words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
    const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
    return fc.constantFrom(name, camel, pascal, name.toUpperCase(), words.join('-'), words.join(''));
  });
const harmlessName = fc.constantFrom('name', 'title', 'price', 'items', 'count', 'colour', 'n');
const harmlessValue = fc.constantFrom('ann', 'a b', '12.5', 'true', 'Größe', '<&>', '"quoted"', 'one, two', '', '€');

/** Plants one secret under a name, in one notation, with the content type that it claims. */
type Carrier = (name: string, secret: string, beside: readonly [string, string]) => Planted;
const answer = (type: string, text: string | Buffer, ...fields: string[]): Planted => ({
  answerHeaders: ['Content-Type', type, ...fields],
  answer: text,
});
const json = (name: string, secret: string, [key, value]: readonly [string, string]) =>
  JSON.stringify({ [key]: value, list: [1, { [name]: secret }, null] });
const form = (name: string, secret: string, [key, value]: readonly [string, string]) =>
  new URLSearchParams([
    [key, value],
    [name, secret],
  ]).toString();
const escaped = (name: string) =>
  [...name].map((c, i) => (i % 3 === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('');
const percent = (name: string) =>
  [...name].map((c, i) => (i % 3 === 1 ? `%${c.charCodeAt(0).toString(16)}` : c)).join('');

const CARRIERS: Readonly<Record<string, Carrier>> = {
  query: (name, secret, beside) => ({ target: `/a?${form(name, secret, beside)}` }),
  'query, name percent-encoded': (name, secret) => ({ target: `/a?x=1&${percent(name)}=${secret}&y=2` }),
  'query, in brackets': (name, secret) => ({ target: `/a?user%5B${name}%5D=${secret}` }),
  'JSON in a query': (name, secret, beside) => ({
    target: `/a?filter=${encodeURIComponent(json(name, secret, beside))}`,
  }),
  'matrix parameter': (name, secret) => ({ target: `/a;${name}=${secret}/b` }),
  'header field': (name, secret) => ({ headers: [`X-${name}`, secret] }),
  cookie: (_name, secret) => ({ headers: ['Cookie', `a=b; c=${secret}`] }),
  'Set-Cookie': (_name, secret) => ({ answerHeaders: ['Set-Cookie', `c="${secret}"; Path=/; HttpOnly`] }),
  Location: (name, secret, beside) => ({ answerHeaders: ['Location', `/cb?${form(name, secret, beside)}`] }),
  'fragment of Location': (name, secret) => ({ answerHeaders: ['Location', `https://a.example/#${name}=${secret}`] }),
  Referer: (name, secret) => ({ headers: ['Referer', `https://a.example/p?x=1&${name}=${secret}`] }),
  'user information': (_name, secret) => ({ headers: ['X-Upstream', `postgres://shop:${secret}@db.example:5432/a`] }),
  'Bearer in a text': (_name, secret) => answer('text/plain', `called with Bearer ${secret} and failed`),
  'path of a reset link': (_name, secret, beside) =>
    answer('text/html', `<a href="https://a.example/reset/${secret}">${beside[0]}</a>`),
  JSON: (name, secret, beside) => answer('application/json', json(name, secret, beside)),
  'JSON, mislabelled': (name, secret, beside) => answer('image/png', json(name, secret, beside)),
  'JSON, indented, gzip': (name, secret) =>
    answer('text/html', gzipSync(JSON.stringify({ a: { [name]: secret } }, null, 2)), 'Content-Encoding', 'gzip'),
  'JSON, key escaped': (name, secret) => answer('application/json', `{"a":1,"${escaped(name)}":"${secret}"}`),
  'JSON with a mistake': (name, secret) => answer('application/json', `{"a":1,"${name}":"${secret}",}`),
  'JSON with a mistake, key escaped': (name, secret) =>
    answer('application/json', `{"${escaped(name)}" : "${secret}",}`),
  'JSON without an end': (name, secret) => answer('application/json', `{"a":[{"${name}":{"b":["${secret}"`),
  'JSON with single quotes': (name, secret) =>
    answer('application/javascript', `var c = {'${name}': '${secret}', b: 1}`),
  'JSON5 without quotes': (name, secret) =>
    answer('application/javascript', `({${name.replaceAll('-', '_')}: \`${secret}\`})`),
  'JSON in a JSON string': (name, secret, beside) =>
    answer('application/json', JSON.stringify({ body: JSON.stringify({ inner: json(name, secret, beside) }) })),
  'JSON Patch': (name, secret) =>
    answer('application/json-patch+json', JSON.stringify([{ op: 'add', path: `/a/${name}`, value: { x: secret } }])),
  'named entry': (name, secret) => answer('application/json', JSON.stringify({ fields: [{ value: secret, name }] })),
  'pair of name and value': (name, secret) =>
    answer(
      'application/json',
      JSON.stringify([
        ['a', 'b'],
        [name, secret],
      ]),
    ),
  NDJSON: (name, secret, beside) => answer('application/x-ndjson', `{"a":1}\n${json(name, secret, beside)}\n`),
  'server-sent events': (name, secret, beside) =>
    answer('text/event-stream', `id: 1\ndata: ${json(name, secret, beside)}\n\n`),
  form: (name, secret, beside) => answer('application/x-www-form-urlencoded', form(name, secret, beside)),
  'form without a type': (name, secret, beside) => answer('', form(name, secret, beside)),
  multipart: (name, secret) => ({
    method: 'POST',
    headers: ['Content-Type', 'multipart/form-data; boundary="b-1"'],
    requestBody: `--b-1\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b-1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${secret}\r\n--b-1--\r\n`,
  }),
  'JSON in a part': (name, secret, beside) =>
    answer(
      'multipart/mixed; boundary=b',
      `--b\r\nContent-Type: application/json\r\n\r\n${json(name, secret, beside)}\r\n--b--`,
    ),
  'XML element': (name, secret) => answer('application/xml', `<a x="1"><s:${name} t="2">\n ${secret}</s:${name}></a>`),
  'below an XML element': (name, secret) => answer('text/xml', `<a><${name}><b><c>${secret}</c></b></${name}></a>`),
  CDATA: (name, secret) => answer('text/xml', `<a><${name}><![CDATA[${secret}]]></${name}></a>`),
  'XML attribute': (name, secret) => answer('text/xml', `<a b="1" ${name}='${secret}'/>`),
  'named XML entry': (name, secret) => answer('text/xml', `<map><entry key="${name}">${secret}</entry></map>`),
  'HTML input': (name, secret) => answer('text/html', `<p>x</p><input value=${secret} type=hidden name=${name}>`),
  'script in HTML': (name, secret) => answer('text/html', `<script>window.c = {"${name}":"${secret}"};</script>`),
  'GraphQL literal': (name, secret) => ({
    method: 'POST',
    headers: ['Content-Type', 'application/json'],
    requestBody: JSON.stringify({ query: `mutation { login(${name.replaceAll('-', '_')}: "${secret}") { id } }` }),
  }),
  'GraphQL variable': (name, secret) => ({
    method: 'POST',
    headers: ['Content-Type', 'application/json'],
    requestBody: JSON.stringify({
      variables: { v: secret },
      query: `mutation ($v: String!) { login(${name.replaceAll('-', '_')}: $v) { id } }`,
    }),
  }),
  'GraphQL in a query': (name, secret) => ({
    target: `/graphql?query=${encodeURIComponent(`{ login(${name.replaceAll('-', '_')}: "${secret}") }`)}`,
  }),
  'line of a log': (name, secret) => answer('text/plain', `2026-11-25 level=info ${name}=${secret} took=12`),
  CSV: (name, secret) => answer('text/csv; header=present', `id,"${name}",n\r\n1,"a ""b""",2\r\n2,${secret},3\r\n`),
  'tab-separated values': (name, secret) => answer('text/tab-separated-values', `${name}\tid\n${secret}\t1\n`),
  'query, name encoded twice': (name, secret) => ({ target: `/a?${percent(name).replaceAll('%', '%25')}=${secret}` }),
  'base64 of JSON': (name, secret) =>
    answer('application/json', JSON.stringify({ blob: Buffer.from(`{ "${name}":"${secret}"}`).toString('base64') })),
  'user information without a scheme': (_name, secret) => ({
    answerHeaders: ['Location', `//shop:${secret}@b.example/`],
  }),
  'XML of names and values': (name, secret) =>
    answer('text/xml', `<m><member><name>${name}</name>\n<value><string>${secret}</string></value></member></m>`),
  'property list': (name, secret) =>
    answer('application/xml', `<dict><key>${name}</key><string>${secret}</string></dict>`),
  'default of a GraphQL variable': (name, secret) => ({
    method: 'POST',
    headers: ['Content-Type', 'application/json'],
    requestBody: JSON.stringify({
      query: `mutation ($v: String = "${secret}") { login(${name.replaceAll('-', '_')}: $v) { id } }`,
    }),
  }),
  'JSON in a header field': (name, secret, beside) => ({ headers: ['X-Context', json(name, secret, beside)] }),
  YAML: (name, secret) => answer('application/yaml', `a: 1\n${name}: ${secret}\nb: 2\n`),
  'UTF-16': (name, secret) =>
    answer('application/json; charset=utf-16', Buffer.from(`{"${name}":"${secret}"}`, 'utf16le')),
  'Latin 1': (name, secret) =>
    answer('text/plain; charset=iso-8859-1', Buffer.from(`Gr\u00f6\u00dfe ${name}=${secret}`, 'latin1')),
};

const carrier = fc.constantFrom(...Object.entries(CARRIERS));
const beside = fc.tuple(harmlessName, harmlessValue);

describe('whatever carries it', () => {
  it('no secret survives in the record', () => {
    fc.assert(
      fc.property(carrier, secretName, secretValue, beside, ([, carry], name, secret, other) => {
        expect(readable(stored(carry(name, secret, other)))).not.toContain(secret);
      }),
      { numRuns: 400 },
    );
  });

  it.each(Object.entries(CARRIERS))('%s under another name loses nothing', (kind, carry) => {
    const bySelf = /cookie|user information|Bearer|reset|base64/i.test(kind);
    if (bySelf) return expect(readable(stored(carry('colour', 'Red1', ['a', 'b'])))).not.toContain('Red1');
    const [first] = [stored(carry('colour', 'Red1', ['title', 'Größe, "x"']))];
    expect(JSON.stringify(first)).not.toMatch(/hmac:(?![0-9a-f]{64})/);
    expect(readable(first)).toContain('Red1');
  });
});

const plainJson = fc.jsonValue({ maxDepth: 4 });

describe('what is no secret', () => {
  it('stays byte for byte: JSON of any kind, as it is written', () => {
    fc.assert(
      fc.property(plainJson, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify({ items: [value] }, null, indent);
        // Text that happens to look like an address or a parameter is not tested here.
        fc.pre(!/[@=]|:\/\/|\d{13}/.test(text) && !/"[^"]*[:%][^"]*"(?!:)/.test(text));
        const { stable } = stored(answer('application/json', text));
        expect(stable.outcome === 'response' && stable.body).toMatchObject({ data: text, truncated: false });
      }),
    );
  });

  it('stays byte for byte around a secret: escapes, order, spaces and numbers as they were', () => {
    const before = '{ "a\\/b" : 1.50e+3,\t"\\u00e9":"\\u0041\\n", "id":9007199254740993, "token" : "';
    const after = '" ,"z":[ null,-0 , "\\ud83d\\ude00" ]}\r\n';
    const { stable } = stored(answer('application/json', `${before}abc${after}`));
    const data = stable.outcome === 'response' ? stable.body.data : '';
    expect(data.startsWith(before)).toBe(true);
    expect(data.endsWith(after)).toBe(true);
    expect(data.slice(before.length, -after.length)).toMatch(/^hmac:[0-9a-f]{16}$/);
  });
});

describe('a body made to be slow', () => {
  const SIZE = 60_000;
  const filled = (unit: string) => unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
  const rules = { pointers: ['/**/a/**/b', '/**/c'] };
  /** CPU time of this thread in milliseconds, so that other load on the machine does not matter. */
  const msOf = (planted: Planted) => {
    const before = process.threadCpuUsage();
    stored(planted, rules);
    return process.threadCpuUsage(before).user / 1_000;
  };

  it.each([
    ...['{"a":', '[', '[[[{"password":', '"password":{', '{"token":"x","a":', 'key:', 'key=', 'token=', 'token:"'],
    ...[
      'password:\\"',
      "token:'\\",
      'a@',
      '@',
      'eyJ',
      'eyJa.',
      'x.eyJaaaaaaaaaa',
      '-----BEGIN A KEY-----',
      '<a ',
      '<a b="',
    ],
    ...[
      '<password>',
      '<![CDATA[',
      '</',
      '--b\r\n',
      '%25',
      '&a',
      'a;b=',
      '://',
      'http://a',
      '4111 1111 ',
      'Bearer ',
      '\\u0070',
    ],
    ...[
      'key:{',
      'session:[',
      "key:'",
      'data: {"a":1\n',
      '{"a":1}\n',
      '/reset/x',
      ' ',
      '    :',
      '=',
      ':',
      '"',
      '\\"',
      '\\',
      '`',
    ],
  ])('takes time that grows with its length alone: %s…', (unit) => {
    expect(msOf({ answer: filled(unit), answerHeaders: ['Content-Type', 'text/plain'] })).toBeLessThan(500);
    expect(
      msOf({ answer: filled(unit), answerHeaders: ['Content-Type', 'multipart/form-data; boundary=b'] }),
    ).toBeLessThan(1_000);
  });
});

it('reads a name of ASCII as it reads the same name with marks that nobody sees', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii', maxLength: 60 }), fc.nat(60), (name, at) => {
      // Soft hyphens are removed before the name is split into words.
      expect(folded(name)).toBe(folded(`${name.slice(0, at)}\u00ad${name.slice(at)}`));
    }),
  );
});
