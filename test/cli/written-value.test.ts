/** A value is found in whatever notation an answer writes it. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretPattern, valuePattern } from '../../cli/compare/contract/session/written-value.ts';

const WRITTEN: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a URL': encodeURIComponent,
  'in a URL, in lower case': (text) => encodeURIComponent(text).replaceAll(/%../g, (byte) => byte.toLowerCase()),
  'in a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'in JSON': (text) => JSON.stringify(text).slice(1, -1),
  'in JSON of PHP': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'in JSON of ASCII': (text) =>
    Array.from(text, (one) =>
      [...Array(one.length).keys()].map((i) => `\\u${one.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
    ).join(''),
  'in HTML': (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'in HTML, by numbers': (text) => Array.from(text, (one) => `&#x${one.codePointAt(0)?.toString(16)};`).join(''),
};
/** A key in a file has several lines, and base64 may be folded. */
const secrets = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189 äß€😀!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\n\r\t\b\f'),
  minLength: 8,
  maxLength: 40,
});

describe('a secret is found', () => {
  it.each(Object.entries(WRITTEN))('%s, also within a word', (_, write) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(`x${write(secret)}y`.replaceAll(secretPattern(secret), '')).toBe('xy');
      }),
    );
  });

  it('in Base64 of something longer, but for the digits that it shares', () => {
    fc.assert(
      fc.property(secrets, fc.nat({ max: 5 }), fc.nat({ max: 5 }), (secret, before, after) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 1), Buffer.from(secret), Buffer.alloc(after, 1)]);
        for (const coding of ['base64', 'base64url'] as const) {
          const left = bytes.toString(coding).replaceAll(secretPattern(secret), '');
          expect(left.replaceAll('=', '').length).toBeLessThanOrEqual(Math.ceil(((before + after) * 8) / 6) + 3);
        }
      }),
    );
  });
});

it('a short value is no part of a longer word', () => {
  expect('17 and 170 and x17'.replaceAll(valuePattern('17'), '*')).toBe('* and 170 and x17');
  expect('pw and pwd'.replaceAll(secretPattern('pw'), '*')).toBe('* and pwd');
});
