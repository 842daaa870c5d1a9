import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList, Leg } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { answer, pairOf, textBody } from '../support/answer.ts';

const compare = (stable: Leg, candidate: Leg, request: Partial<CaptureRecord['request']> = {}) =>
  compareRecord(pairOf(stable, candidate, request));
const named = (stable: Leg, candidate: Leg, request: Partial<CaptureRecord['request']> = {}) =>
  compare(stable, candidate, request).differences.map((d) => `${placeOf(d)} ${d.cause} ${d.severity}`);

const status = (code: number, headers: HeaderList = []) => answer('', headers, { status: code });

describe('an answer that is not there', () => {
  const failed: Leg = { outcome: 'failed', reason: 'refused', detail: '', totalMs: 1 };

  it('is a new error where the stable side answers', () => {
    expect(compare(answer('{}'), failed)).toMatchObject({
      verdict: 'breaking',
      newError: true,
      differences: [{ in: 'answer', cause: 'no-answer' }],
    });
  });

  it('is a crash where the stable side says 500 and the candidate closes the connection', () => {
    expect(compare(status(500), { ...failed, reason: 'reset' })).toMatchObject({
      newError: false,
      differences: [{ cause: 'crash-closes-connection' }],
    });
    expect(compare(status(200), { ...failed, reason: 'reset' }).differences).toMatchObject([{ cause: 'no-answer' }]);
  });

  it('is no pair where the stable side gives none', () => {
    expect(compare(failed, answer('{}'))).toMatchObject({ verdict: 'unmatched', differences: [] });
  });
});

describe('the verdict', () => {
  const typed = (type: string, ...more: HeaderList) => answer('{}', [['Content-Type', type], ...more]);

  it('is that of the gravest difference, and noise does not count', () => {
    const stable = typed('application/json', ['Date', 'a']);
    expect(compare(stable, typed('application/json', ['Date', 'b'])).verdict).toBe('same');
    expect(compare(stable, typed('application/json; charset=utf-8')).verdict).toBe('benign');
    expect(compare(stable, typed('application/json', ['X-New', '1'])).verdict).toBe('undecided');
    expect(compare(stable, typed('text/plain', ['X-New', '1'])).verdict).toBe('breaking');
  });

  it('tells a new error from one that both sides have', () => {
    expect(compare(answer('{}'), status(503))).toMatchObject({ verdict: 'breaking', newError: true });
    expect(compare(status(503), status(503)).newError).toBe(false);
  });
});

describe('a status', () => {
  const to = (code: number, location: string) => status(code, [['Location', location]]);

  it.each<[string, string, Leg, Leg, string[]]>([
    ['GET', '/a//b', status(404), to(307, '/a/b'), ['status path-cleaning-redirect breaking']],
    ['GET', '/a/../b', status(200), to(301, '/b'), ['status path-cleaning-redirect breaking']],
    ['GET', '/a?next=//b', status(404), status(302), ['status status breaking']],
    ['GET', '/a', status(200), to(301, '/a/'), ['status trailing-slash breaking']],
    ['GET', '/s/a', status(200), to(301, 'a/'), ['status trailing-slash breaking']],
    ['GET', '/tags?a=1&a=2', status(200), to(301, '/api/tags/?a=1&a=2'), ['status trailing-slash breaking']],
    ['GET', '/tags/', status(200), to(301, '/api/tags'), ['status trailing-slash breaking']],
    ['GET', '/tags', status(200), to(301, '/api/hashtags/'), ['status status breaking']],
    ['GET', '/a/', to(308, 'https://shop.test/a?x=1'), status(200), ['status trailing-slash breaking']],
    ['GET', '/a/', status(200), status(404), ['status trailing-slash breaking']],
    ['GET', '/a', status(200), to(301, '/login/'), ['status status breaking']],
    ['GET', '/A', status(200), status(404), ['status path-case breaking']],
    ['GET', '/a%2Fb', status(200), status(404), ['status status breaking']],
    ['PUT', '/a', status(404), status(405, [['Allow', 'GET']]), ['status method-not-allowed undecided']],
    ['PUT', '/a', status(200), status(405, [['Allow', 'GET']]), ['status status breaking']],
    ['GET', '/a', status(500), status(200), ['status stable-failed breaking']],
    ['GET', '/a', status(503), status(404), ['status status breaking']],
    ['GET', '/a', status(304), status(200), ['status validator-kind undecided']],
    ['GET', '/a?b[c]=1', status(200), status(400), ['status query-nesting breaking']],
    ['GET', '/a?b=%', status(200), status(400), ['status query-pair-dropped breaking']],
    ['GET', '/a?b=1&b=2', status(200), status(400), ['status query-repeated breaking']],
    ['OPTIONS', '/a', status(204), status(405, [['Allow', 'GET']]), ['status options-default undecided']],
    ['HEAD', '/a', status(200), status(405), ['status head-not-routed breaking']],
    ['HEAD', '/a', status(401), status(404), ['status status breaking']],
    ['GET', '/a', status(200), status(500), ['status status breaking']],
  ])('of %s %s is explained', (method, target, stable, candidate, expected) => {
    expect(named(stable, candidate, { method, target })).toEqual(expected);
  });

  const OLD = 'Tue, 24 Nov 2026 08:00:00 GMT';
  const NEW = 'Wed, 25 Nov 2026 08:00:00 GMT';
  it.each<[string, 'breaking' | 'undecided', [string, string], [string, string], CaptureRecord['primary']?]>([
    ['a tag of another answer', 'breaking', ['If-None-Match', '"a1"'], ['ETag', '"b2"']],
    ['several tags of other answers', 'breaking', ['If-None-Match', 'W/"a1", W/"c3"'], ['ETag', 'W/"b2"']],
    ['a moment before the last change', 'breaking', ['If-Modified-Since', OLD], ['Last-Modified', NEW]],
    ['the tag of this answer', 'undecided', ['If-None-Match', 'W/"b2"'], ['ETag', 'W/"b2"']],
    ['a tag that is none of stable’s', 'undecided', ['If-None-Match', '"a1"'], ['ETag', 'W/"b2"']],
    ['any tag', 'undecided', ['If-None-Match', '*'], ['ETag', '"b2"']],
    ['the moment of the last change', 'undecided', ['If-Modified-Since', NEW], ['Last-Modified', NEW]],
    ['no validator of stable', 'undecided', ['If-None-Match', '"a1"'], ['Content-Type', 'text/plain']],
    ['a tag that the candidate gave', 'undecided', ['If-None-Match', '"a1"'], ['ETag', '"b2"'], 'candidate'],
  ])('304 against 200, to a client that holds %s, is %s', (_, severity, held, own, primary = 'stable') => {
    const pair = { ...pairOf(answer('x', [own]), status(304)), primary };
    const [difference] = compareRecord({ ...pair, request: { ...pair.request, headers: [held] } }).differences;
    expect(difference).toMatchObject({ in: 'status', severity });
  });

  it('of another class settles what follows from it; one of the same class does not', () => {
    expect(named(answer('{"a":1}'), answer('no', [['Content-Type', 'text/plain']], { status: 500 }))).toEqual([
      'status status breaking',
    ]);
    expect(named(answer('{"a":1}'), answer('', [['Content-Type', 'application/json']], { status: 202 }))).toEqual([
      'status status breaking',
      'body body-missing breaking',
    ]);
  });

  it('is laid to the keys of the request only where the candidate accepts what the stable side refuses', () => {
    const request = { method: 'POST', headers: JSON_REQUEST, body: textBody('{"Name":"x"}') };
    const refused = answer('{"error":"name is required"}', JSON_REQUEST, { status: 400 });
    expect(named(refused, status(201), request)).toEqual(['status request-key-case undecided']);
    // A capital alone proves nothing: it may be what the API asks for.
    expect(named(status(400), status(201), request)).toEqual(['status request-body-validity breaking']);
    const other = answer('{"error":"Name is too short"}', JSON_REQUEST, { status: 400 });
    expect(named(other, status(201), request)).toEqual(['status request-body-validity breaking']);
    expect(named(status(201), status(400), request)).toEqual(['status request-body-validity breaking']);
  });

  it('is laid to a value that Go cannot marshal by what Go says', () => {
    const failed = (text: string) => answer(text, [['Content-Type', 'text/plain']], { status: 500 });
    expect(named(answer('{"a":null}'), failed('json: unsupported value: NaN'))).toEqual([
      'status not-a-number breaking',
    ]);
    // A null from stable is no evidence if the candidate's failure gives no reason.
    expect(named(answer('{"a":null}'), failed(''))).toEqual(['status status breaking']);
    expect(named(answer('{"a":null}'), answer(''))).toEqual(['body body-missing breaking']);
    expect(named(answer('{"a":1}'), failed('json:\u00a0cannot marshal from Go x'))).toEqual([
      'status marshal-error breaking',
    ]);
  });
});

const JSON_REQUEST: HeaderList = [['Content-Type', 'application/json']];

describe('a request that is read differently', () => {
  const plain = (text: string) => answer(text, [['Content-Type', 'text/plain']]);
  const texts = (a: string, b: string): [Leg, Leg] => [plain(a), plain(b)];

  it('explains a difference that says only that there is one', () => {
    expect(named(...texts('1', '2'), { target: '/x?a=1;b=2' })).toEqual(['body/line/1 query-pair-dropped breaking']);
    expect(compare(...texts('1', '2'), { target: '/x?a=1;b=2' }).differences).toMatchObject([
      { advice: expect.stringContaining('Seen as: different text.') },
    ]);
    expect(named(...texts('1', '2'), { method: 'POST', body: textBody('{"a":1}') })).toEqual([
      'body/line/1 request-media-type breaking',
    ]);
  });

  it('explains only what names the parameter, where anything does', () => {
    const echo = (a: string, b: string): [Leg, Leg] => [answer(a), answer(b)];
    expect(named(...echo('{"args":{"x":"1;y=2"},"n":1}', '{"args":{},"n":2}'), { target: '/get?x=1;y=2' })).toEqual([
      'body/args/x query-pair-dropped breaking',
      'body/n number-value breaking',
    ]);
    expect(named(...echo('{"q":{"a":"1"},"n":"k"}', '{"q":{},"n":["k"]}'), { target: '/get?a[b]=1' })).toEqual([
      'body/q/a query-nesting breaking',
      'body/n type breaking',
    ]);
  });

  it('does not explain one that has a cause of its own', () => {
    expect(named(answer('[]'), answer('null'), { target: '/x?a=1;b=2' })).toEqual([
      'body null-for-empty-array breaking',
    ]);
    expect(named(...texts('a\nb', 'b\na'), { target: '/x?a=1;b=2' })).toEqual(['body/line/1 line-order breaking']);
  });
});
