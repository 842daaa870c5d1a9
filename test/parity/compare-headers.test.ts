import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { placeOf } from '../../parity/model/difference.ts';
import { answer, pairOf } from '../support/answer.ts';

function named(stable: HeaderList, candidate: HeaderList, request: Partial<CaptureRecord['request']> = {}): string[] {
  const [a, b] = [answer('{}', stable), answer('{}', candidate)];
  return compareRecord(pairOf(a, b, request)).differences.map((d) => `${placeOf(d)} ${d.cause} ${d.severity}`);
}

describe('a header field', () => {
  it.each<[string, HeaderList, HeaderList, string[]]>([
    [
      'whose names are written otherwise is told once',
      [
        ['x-a', '1'],
        ['x-b', '2'],
      ],
      [
        ['X-A', '1'],
        ['X-B', '2'],
      ],
      ['header:x-a header-case benign'],
    ],
    [
      'that names the server is noise',
      [
        ['Server', 'a'],
        ['Via', 'x'],
      ],
      [['Server', 'b']],
      ['header:server server-identity noise', 'header:via server-identity noise'],
    ],
    [
      'that names the request is noise unless it is lost',
      [['X-Request-Id', '1']],
      [['X-Request-Id', '2']],
      ['header:x-request-id server-identity noise'],
    ],
    [
      'that names the request is told when it is lost',
      [['X-Request-Id', '1']],
      [],
      ['header:x-request-id header-missing undecided'],
    ],
    [
      'that stands twice is compared in order',
      [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      [
        ['X-A', '2'],
        ['X-A', '1'],
      ],
      ['header:x-a header-value undecided'],
    ],
    [
      'that is no list is not joined',
      [
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      [['X-A', '1, 2']],
      ['header:x-a header-value undecided'],
    ],
    [
      'that is a list is joined',
      [
        ['Link', '<a>'],
        ['Link', '<b>'],
      ],
      [['Link', '<a>,<b>']],
      ['header:link header-format benign'],
    ],
    [
      'that is a list keeps its order',
      [['Accept-Patch', 'a/b, c/d']],
      [['Accept-Patch', 'c/d, a/b']],
      ['header:accept-patch header-value undecided'],
    ],
    [
      'of tokens is a set',
      [['Cache-Control', 'private, Max-Age=60']],
      [['Cache-Control', 'max-age = 60,private']],
      ['header:cache-control header-format benign'],
    ],
    ['of tokens has members', [['Vary', 'Origin']], [['Vary', 'Accept']], ['header:vary header-value undecided']],
    [
      'Vary follows from compression',
      [['Vary', 'Origin, Accept-Encoding']],
      [['Vary', 'Origin']],
      ['header:vary content-encoding benign'],
    ],
    [
      'of CORS breaks',
      [['Access-Control-Allow-Origin', '*']],
      [['Access-Control-Allow-Origin', 'null']],
      ['header:access-control-allow-origin cors breaking'],
    ],
    [
      'that signs the body breaks',
      [['Content-Digest', 'sha-256=:a:']],
      [['Content-Digest', 'sha-256=:b:']],
      ['header:content-digest signed-body breaking'],
    ],
    ['ETag has a kind', [['ETag', 'W/"a"']], [['ETag', '"a"']], ['header:etag validator-kind undecided']],
    ['ETag has a value', [['ETag', '"a"']], [['ETag', '"b"']], ['header:etag validator-value undecided']],
    [
      'Last-Modified may be lost',
      [['Last-Modified', 'Tue, 24 Nov 2026 08:00:00 GMT']],
      [],
      ['header:last-modified validator-kind undecided'],
    ],
    [
      'Location may be absolute',
      [['Location', '/a']],
      [['Location', 'https://shop.test/a']],
      ['header:location location-form benign'],
    ],
    [
      'Location may be added where nobody follows it',
      [],
      [['Location', '/a']],
      ['header:location header-added undecided'],
    ],
    [
      'Location may lead elsewhere',
      [['Location', '/a']],
      [['Location', 'https://other.test/a']],
      ['header:location location breaking'],
    ],
    [
      'Content-Type has a boundary that says nothing',
      [['Content-Type', 'multipart/mixed; boundary=a']],
      [['Content-Type', 'multipart/mixed; boundary="b"']],
      [],
    ],
    [
      'Content-Type has parameters in any order',
      [['Content-Type', 'text/plain; a=1; charset="utf-8"']],
      [['Content-Type', 'text/plain;charset=UTF-8;a=1']],
      [],
    ],
  ])('%s', (_name, stable, candidate, expected) => {
    expect(named(stable, candidate)).toEqual(expected);
  });

  it('tells framing and the length that HEAD announces', () => {
    expect(named([['Content-Length', '2']], [['Transfer-Encoding', 'chunked']])).toEqual([
      'header:transfer-encoding framing benign',
    ]);
    const head = { method: 'HEAD' };
    expect(named([['Content-Length', '2']], [['Content-Length', '3']], head)).toEqual([
      'header:content-length content-length benign',
    ]);
    expect(named([['Content-Length', '2']], [['Content-Length', '3']])).toEqual([]);
  });

  it('is one of fifty at most', () => {
    const many: HeaderList = Array.from({ length: 200 }, (_, i) => [`X-${i}`, 'a']);
    const found = named(many, []);
    expect(found.length).toBe(51);
    expect(found.at(-1)).toBe('header:* too-many-differences breaking');
  });
});

describe('a cookie', () => {
  const cookies = (...values: string[]): HeaderList => values.map((value) => ['Set-Cookie', value]);

  it.each<[string, string[], string[], string[]]>([
    [
      'may have its attributes in another order and case',
      ['a=1; Path=/; HttpOnly'],
      ['a=1; httponly; path=/'],
      ['cookie-format'],
    ],
    ['may stand in quotes', ['a=1'], ['a="1"'], ['cookie-format']],
    ['is another when its value is', ['a=1'], ['a=2'], ['cookie-value']],
    [
      'is another when a keyed hash is, and the rest stays readable',
      ['a=hmac:00; Path=/'],
      ['a=hmac:01; Path=/'],
      ['cookie-value'],
    ],
    [
      'is the same when the keyed hash is',
      ['a=hmac:00; Path=/; Secure'],
      ['a=hmac:00; Secure; Path=/'],
      ['cookie-format'],
    ],
    ['is another without Path', ['a=1; Path=/x'], ['a=1'], ['cookie-value']],
    ['may leave out the Path that browsers take anyway', ['a=1; Path=/'], ['a=1'], ['cookie-path']],
    ['is another with SameSite', ['a=1'], ['a=1; SameSite=Lax'], ['cookie-value']],
    ['may be escaped otherwise', ['a=x%20y'], ['a="x y"'], ['cookie-encoding']],
    [
      'lives as long by Expires as by Max-Age',
      ['a=1; Max-Age=60'],
      ['a=1; Expires=Tue, 24 Nov 2026 08:01:00 GMT'],
      ['cookie-format'],
    ],
    ['does not live as long', ['a=1; Max-Age=60'], ['a=1; Max-Age=61'], ['cookie-value']],
    ['is not kept for a session', ['a=1; Max-Age=60'], ['a=1'], ['cookie-value']],
    ['is deleted either way', ['a=; Max-Age=0'], ['a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], ['cookie-format']],
    [
      'has an Expires that moves with the clock',
      ['a=1; Expires=Tue, 24 Nov 2026 09:00:00 GMT'],
      ['a=1; Expires=Tue, 24 Nov 2026 09:00:02 GMT'],
      [],
    ],
    ['is found whatever its place', ['a=1', 'b=2'], ['b=2', 'a=1'], []],
    ['is missed', ['a=1', 'b=2'], ['a=1'], ['cookie-value']],
    ['is not joined with the next', ['a=1', 'b=2'], ['a=1, b=2'], ['cookie-value', 'cookie-value']],
  ])('%s', (_name, stable, candidate, expected) => {
    expect(named(cookies(...stable), cookies(...candidate)).map((line) => line.split(' ')[1])).toEqual(expected);
  });
});
