import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawBody } from '../../capture/bytes/body-sample.ts';
import { captureRecordSchema } from '../../capture/format/record.ts';
import type { RawLeg } from '../../capture/leg.ts';
import type { RawCapture } from '../../capture/raw-capture.ts';
import { Redaction } from '../../capture/redaction/redaction.ts';
import type { RedactionRules } from '../../capture/redaction/rules.ts';
import { PERSONAL_NAMES, SECRET_NAMES } from '../../capture/redaction/search/secret-names.ts';
import { RecordMaker } from '../../capture/stored-record.ts';

const RULES: RedactionRules = {
  key: 'a-key-of-sixteen-bytes',
  fields: ['x-customer'],
  parameters: ['iban'],
  pointers: ['/user/email', '/orders/*/note', '/**/pin'],
};
const JSON_TYPE = ['Content-Type', 'application/json'];

const raw = (data: string | Buffer, rest: Partial<RawBody> = {}): RawBody => {
  const bytes = new Uint8Array(Buffer.from(data));
  return { data: bytes, bytes: bytes.length, truncated: false, ...rest };
};
const leg = (body: RawBody, headers: readonly string[] = JSON_TYPE): RawLeg => ({
  outcome: 'response',
  status: 200,
  headers,
  body,
  firstByteMs: 1,
  totalMs: 2,
});
const pair = (rest: Partial<RawCapture>): RawCapture => ({
  at: 1_764_000_000_000,
  requestId: 'r',
  method: 'GET',
  target: '/',
  headers: [],
  primary: 'stable',
  stable: leg(raw('{}')),
  candidate: leg(raw('{}')),
  ...rest,
});
const maker = (rules: Partial<RedactionRules> = {}) =>
  new RecordMaker({ ingress: 'g', routes: [], redaction: { ...RULES, ...rules } });
const bodyOf = (body: RawBody, headers = JSON_TYPE) => {
  const { stable } = maker().make(pair({ stable: leg(body, headers) }));
  if (stable.outcome !== 'response') throw new Error('no answer');
  return stable.body;
};
const HASH = /hmac:[0-9a-f]{16}/;

describe('fields', () => {
  const capture = new Redaction(RULES).of(['r']);
  const one = (name: string, value: string) => capture.headers([name, value], 'request')[0]?.[1] ?? '';

  it('that identify somebody become keyed hashes; what is the service’s own stays readable', () => {
    expect(one('Authorization', 'Bearer abc')).toMatch(/^Bearer hmac:[0-9a-f]{16}$/);
    expect(one('Cookie', 'sid=abc; theme=dark')).toMatch(/^sid=hmac:[0-9a-f]{16}; ?theme=hmac:[0-9a-f]{16}$/);
    expect(one('Set-Cookie', 'sid=abc; Path=/; HttpOnly')).toMatch(/^sid=hmac:[0-9a-f]{16}; Path=\/; HttpOnly$/);
    expect(one('X-Api-Key', 'abc')).toMatch(/^hmac:/);
    expect(one('X-Customer', 'abc')).toMatch(/^hmac:/);
    expect(one('Location', '/next?token=abc&page=2')).toMatch(/^\/next\?token=hmac:[0-9a-f]{16}&page=2$/);
    expect(one('Content-Type', 'text/html')).toBe('text/html');
  });

  it.each([
    ['Content-Type', 'text/html; charset=utf-8'],
    ['Access-Control-Allow-Credentials', 'true'],
    ['Access-Control-Allow-Headers', 'authorization, x-api-key'],
    ['WWW-Authenticate', 'Bearer realm="shop", error="invalid_token"'],
    ['Cache-Control', 'private, max-age=60, must-revalidate'],
    ['ETag', 'W/"5f1c-9b2e4a1d0c"'],
    ['Date', 'Wed, 25 Nov 2026 18:12:03 GMT'],
    ['Origin', 'https://shop.example'],
    ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'],
    ['Accept', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'],
    ['Vary', 'Cookie, Authorization'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['X-Amzn-Trace-Id', 'Root=1-67891233-abcdef012345678912345678'],
    ['Content-Security-Policy', "default-src 'self'; img-src https: data:"],
    ['Location', '/items/42?page=2#top'],
    ['X-Forwarded-Proto', 'https'],
    ['Set-Cookie', 'sid=; Max-Age=0; Path=/'],
  ])('without a secret stay as they are: %s: %s', (name, value) => {
    expect(one(name, value)).toBe(value);
  });
});

describe('a hash', () => {
  const rules = { ...RULES };
  const cookie = (capture: ReturnType<Redaction['of']>, value: string) =>
    capture.headers(['Cookie', `sid=${value}`], 'request')[0]?.[1];
  const redaction = new Redaction(rules);

  it('is the same for both sides of one capture, and after a second delivery of it', () => {
    const [first, again] = [redaction.of(['r', 1]), redaction.of(['r', 1])];
    expect(cookie(first, 'a')).toBe(cookie(again, 'a'));
    expect(cookie(first, 'a')).not.toBe(cookie(first, 'b'));
    const { stable, candidate } = maker().make(
      pair({ stable: leg(raw('{"token":"a"}')), candidate: leg(raw('{"token":"\\u0061"}')) }),
    );
    expect(stable).toEqual({
      ...candidate,
      body: { ...(stable.outcome === 'response' && stable.body), digest: expect.any(String) },
    });
  });

  it('says nothing about other captures, other cutovers and other places: no value can be tried out', () => {
    const hashes = (text: string) => text.match(/hmac:[0-9a-f]{16}/g) ?? [];
    const victim = maker().make(pair({ requestId: 'v', headers: ['Cookie', 'sid=hunter2', 'X-Api-Key', 'hunter2'] }));
    const tried = maker().make(pair({ requestId: 'a', headers: ['Cookie', 'sid=hunter2'], target: '/?token=hunter2' }));
    const later = maker({ key: 'another-key-of-sixteen' }).make(
      pair({ requestId: 'v', headers: ['Cookie', 'sid=hunter2'] }),
    );
    const all = [victim, tried, later].flatMap((record) => hashes(JSON.stringify(record.request)));
    expect(all).toHaveLength(5);
    expect(new Set(all).size).toBe(5);
  });

  it('of a whole body cannot be tried out either', () => {
    const digest = (requestId: string) => {
      const { stable } = maker().make(pair({ requestId, stable: leg(raw('{"pin":1}')) }));
      return stable.outcome === 'response' ? stable.body.digest : undefined;
    };
    expect(digest('a')).toMatch(/^hmac:[0-9a-f]{64}$/);
    expect(digest('a')).toBe(digest('a'));
    expect(digest('a')).not.toBe(digest('b'));
  });

  it('does not depend on the place of an element in an array, nor on the way of writing a key', () => {
    const { stable, candidate } = maker().make(
      pair({
        stable: leg(raw('[{"access_token":"a"},{"access_token":"b"}]')),
        candidate: leg(raw('[{"access_token":"b"},{"accessToken":"a"}]')),
      }),
    );
    const hashes = (side: typeof stable) =>
      side.outcome === 'response' ? (side.body.data.match(/hmac:[0-9a-f]{16}/g) ?? []) : [];
    expect(hashes(stable)).toEqual(hashes(candidate).reverse());
  });
});

describe('a target', () => {
  const target = (text: string) => new Redaction(RULES).of(['r']).target(text);

  it('keeps its path and its harmless parameters', () => {
    expect(target('/a/items/1?page=2&access_token=abc&iban=DE02;key=z&x')).toMatch(
      /^\/a\/items\/1\?page=2&access_token=hmac:\w+&iban=hmac:\w+;key=hmac:\w+&x$/,
    );
  });

  it.each([
    '/items/507f1f77bcf86cd799439011',
    '/cookies/set?a=1',
    '/oauth/token/introspect',
    '/password/change',
    '/items/6f9619ff-8b86-d011-b42d-00c04fc964ff/reviews?sort=-created&limit=20',
    '/reset/password',
    '/users/42/password/edit?locale=en-GB',
    '/a?token_type=Bearer&password_policy=strong&state=open&q=author',
  ])('without a secret stays as it is: %s', (text) => {
    expect(target(text)).toBe(text);
  });

  it('gives its route no secret, and all secrets of a place one route', () => {
    const route = (text: string) => maker().make(pair({ target: text })).route;
    expect(route('/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl')).toBe('GET /{secret}');
    expect(route('/reset/abc')).toBe(route('/reset/def'));
  });
});

describe('a JSON body', () => {
  it('loses the values at the places named, and those that are secret anywhere; every other byte stays', () => {
    const text =
      '{ "user":{"email":"a@b.c","name":"<Ann>"},"orders":[{"note":"n","id":9007199254740993}],\n"deep":[{"pin":1234}], "access_token":"t" }';
    const body = bodyOf(raw(text));
    expect(body.data.replaceAll(/"hmac:[0-9a-f]{16}"/g, '#')).toBe(
      '{ "user":{"email":#,"name":"<Ann>"},"orders":[{"note":#,"id":9007199254740993}],\n"deep":[{"pin":#}], "access_token":# }',
    );
    expect(body).toMatchObject({ redacted: 4, bytes: Buffer.byteLength(text), truncated: false });
    expect(body.digest).toMatch(/^hmac:[0-9a-f]{64}$/);
  });

  it('keeps what a secret place holds if it holds nothing: null and "" are a difference, and no secret', () => {
    expect(bodyOf(raw('{"pin":null}')).data).toBe('{"pin":null}');
    expect(bodyOf(raw('{"pin":""}')).data).toBe('{"pin":""}');
  });

  it('keeps the shape of what stands below a secret place', () => {
    expect(bodyOf(raw('{"pin":{"a":[1,null],"b":"x"}}')).data.replaceAll(/"hmac:[0-9a-f]{16}"/g, '#')).toBe(
      '{"pin":{"a":[#,null],"b":#}}',
    );
  });

  it('is looked into through gzip, and written in gzip again', () => {
    const zipped = gzipSync('{"pin":1}');
    const body = bodyOf(raw(zipped), [...JSON_TYPE, 'Content-Encoding', 'gzip']);
    expect(gunzipSync(Buffer.from(body.data, 'base64')).toString()).toMatch(HASH);
    expect(body.bytes).toBe(zipped.length);
  });

  it.each([
    ['it is cut off within', raw('{"pin":12', { truncated: true, bytes: 1_000 }), JSON_TYPE],
    ['it is not JSON after all', raw('{"pin":1,}'), JSON_TYPE],
    ['its coding is not known', raw('xx'), [...JSON_TYPE, 'Content-Encoding', 'secret-sauce']],
    ['it does not decode', raw('xx'), [...JSON_TYPE, 'Content-Encoding', 'gzip']],
  ])('is left out, but for its length and hash, when %s', (_name, body, headers) => {
    expect(bodyOf(body, headers)).toMatchObject({
      data: '',
      truncated: true,
      bytes: body.bytes,
      digest: expect.stringMatching(/^hmac:/),
    });
  });

  it('is looked into whatever type it claims to be', () => {
    expect(bodyOf(raw('{"pin":1}'), ['Content-Type', 'text/plain; charset=utf-8']).data).toMatch(HASH);
    expect(bodyOf(raw('{"pin":1}'), []).data).toMatch(HASH);
    expect(bodyOf(raw('{"pin":1}'), ['Content-Type', 'application/problem+json']).data).toMatch(HASH);
    expect(bodyOf(raw('{"pin":1}'), ['Content-Type', 'image/png']).data).toMatch(HASH);
  });

  it('is looked into however deeply it is nested', () => {
    const [open, close] = ['['.repeat(100_000), ']'.repeat(100_000)];
    expect(bodyOf(raw(`{"pin":${open}"x"${close}}`)).data.replace(HASH, '#')).toBe(`{"pin":${open}"#"${close}}`);
  });

  it('never shows a value from a secret place, whatever JSON is around it', () => {
    const secret = 'S3CR3T';
    const withSecret = fc.letrec<{ value: fc.JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.record({ pin: fc.constant(secret) }),
        fc.record({ pin: fc.array(fc.constant(secret)) }),
      ) as fc.Arbitrary<fc.JsonValue>,
    })).value;
    fc.assert(
      fc.property(withSecret, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const body = bodyOf(raw(text));
        expect(body.data).not.toContain(secret);
        if (!text.includes(secret)) expect(body.data === text || body.redacted !== undefined).toBe(true);
        if (body.data !== '') JSON.parse(body.data);
      }),
    );
  });
});

describe('what only speaks of secrets stays readable', () => {
  it.each<[string, string]>([
    ['text/plain', 'Your token is invalid. The password is required, and was changed on 2026-01-02.'],
    ['text/plain', 'The session is 36 minutes old; the password policy is described in chapter 12.'],
    ['text/plain', 'Error code is 12345. Your postal code is 20095. 2026 is the year.'],
    ['text/plain', 'Password:\nuser: ann\nForgot your password? Reset it.'],
    [
      'text/html',
      '<p class="cookie col-md-6 token">We use cookies on 12 pages.</p><a href="/password">Forgot your password?</a>',
    ],
    [
      'text/html',
      '<label>Password:</label><button>Sign in</button><a>Password</a><td>Password policy</td><td>12 characters</td>',
    ],
    ['text/html', '<table><tr><th>User</th><th>Tokens used</th></tr><tr><td>ann</td><td>12</td></tr></table>'],
    ['text/csv', 'user,password_policy\nann,strict\n'],
    ['text/plain', 'aGVsbG8gd29ybGQsIHRoaXMgaXMgb3JkaW5hcnkgdGV4dA== is base64, eJournal too'],
    ['text/javascript', 'emit("password", 1); on("change", "token"); const t = tokens[0] / 2;'],
  ])('%s: %s', (type, said) => {
    expect(bodyOf(raw(said), ['Content-Type', type]).data).toBe(said);
  });
});

describe('a form', () => {
  it('loses its secret parameters', () => {
    const body = bodyOf(raw('user=ann&password=abc&iban=DE02'), ['Content-Type', 'application/x-www-form-urlencoded']);
    expect(body.data).toMatch(/^user=ann&password=hmac:\w+&iban=hmac:\w+$/);
  });
});

describe('a record', () => {
  it('of the version before is read as it was', () => {
    const record = maker().make(pair({}));
    expect(captureRecordSchema.safeParse({ ...record, v: 2 }).success).toBe(true);
    expect(captureRecordSchema.safeParse({ ...record, v: 4 }).success).toBe(false);
  });

  it('is of the documented format, whatever the pair', () => {
    const anyBody = fc.uint8Array({ maxLength: 200 }).map((data) => raw(Buffer.from(data)));
    const anyFields = fc.array(fc.constantFrom('Content-Type', 'application/json', 'Cookie', 'a=b', 'X', ''), {
      maxLength: 6,
    });
    const anyLeg: fc.Arbitrary<RawLeg> = fc.oneof(
      fc
        .record({ body: anyBody, headers: anyFields, status: fc.integer({ min: 200, max: 599 }) })
        .map(({ body, headers, status }) => ({
          ...leg(body, headers),
          status,
        })) as fc.Arbitrary<RawLeg>,
      fc.constant<RawLeg>({ outcome: 'failed', reason: 'reset', detail: 'x', totalMs: 1 }),
    );
    fc.assert(
      fc.property(anyLeg, anyLeg, anyFields, anyBody, (stable, candidate, headers, requestBody) => {
        const record = maker().make(pair({ stable, candidate, headers, requestBody }));
        expect(captureRecordSchema.safeParse(JSON.parse(JSON.stringify(record))).success).toBe(true);
      }),
    );
  });

  it('that is too long for the sink keeps lengths and hashes of its bodies', () => {
    // Each byte takes six characters in JSON.
    const huge = leg(raw('\u0001'.repeat(200_000)), ['Content-Type', 'text/plain']);
    const line = maker().line(pair({ stable: huge, candidate: huge }));
    expect(line.length).toBeLessThan(1_000 * 1024);
    expect(JSON.parse(line.toString())).toMatchObject({
      stable: { body: { data: '', bytes: 200_000, truncated: true } },
    });
  });
});

describe('docs/reference/redaction.md', () => {
  it('lists every name', () => {
    const text = readFileSync(new URL('../../docs/reference/redaction.md', import.meta.url), 'utf8');
    const words = new Set(text.split(/[^\p{L}\p{M}\p{N}]+/u));
    const listed = [
      ...Object.values(SECRET_NAMES),
      ...Object.values(PERSONAL_NAMES).flatMap((names) => Object.values(names)),
    ];
    expect(listed.flatMap((names) => names.split(/\s+/)).filter((name) => name !== '' && !words.has(name))).toEqual([]);
  });
});
