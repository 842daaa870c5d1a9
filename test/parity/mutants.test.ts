/**
 * Realistic answers, each with one mutation whose harm is known: none that may break a client passes, and none that is
 * harmless raises an alarm.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeContent } from '../../capture/bytes/index.ts';
import type { HeaderList, ResponseLeg } from '../../capture/format/index.ts';
import { standsAgainst } from '../../parity/causes/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { answer, pairOf } from '../support/answer.ts';
import { tell } from '../support/compared.ts';

interface Mutant {
  readonly name: string;
  readonly harmful: boolean;
  readonly leg: ResponseLeg;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Step = string | number;

const FIELDS: HeaderList = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Cache-Control', 'private, max-age=60'],
  ['Vary', 'Accept, Origin'],
  ['Set-Cookie', 'sid=a3fWa; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=3600'],
  ['Access-Control-Allow-Origin', 'https://shop.test'],
  ['X-Total-Count', '42'],
  ['Date', 'Tue, 24 Nov 2026 08:00:00 GMT'],
  ['Server', 'a'],
];

const BODIES: Readonly<Record<string, Json>> = {
  order: {
    id: 'b8d2c3a0-0000-4000-8000-0123456789ab',
    number: 90071992547409,
    total: 19.995,
    paid: true,
    note: null,
    at: '2026-11-24T08:00:00.120Z',
    tags: ['a', 'b', 'b'],
    lines: [
      { sku: 'x-1', count: 2, price: '10.00' },
      { sku: 'x-2', count: 1, price: '9.50' },
    ],
    customer: { name: 'Zoë Ångström', email: 'zoe@shop.test', address: { city: 'Köln', zip: '00501' } },
  },
  list: {
    items: [
      { id: 1, slug: 'first' },
      { id: 2, slug: 'second' },
      { id: 3, slug: 'third' },
    ],
    page: 1,
    next: '/items?page=2',
  },
  article: {
    article: {
      slug: 'how-to',
      title: 'How to <b>',
      favorited: false,
      favoritesCount: 0,
      tagList: [],
      author: { username: 'jake', bio: '', image: null, following: false },
    },
  },
  error: { errors: { email: ['is taken', 'is too short'], code: 'E_EMAIL' } },
};

const write = (value: Json) => JSON.stringify(value);
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value);

/** Returns every place in a document except its root. */
function placesIn(value: Json): Step[][] {
  const children: [Step, Json][] = isList(value) ? [...value.entries()] : isRecord(value) ? Object.entries(value) : [];
  return children.flatMap(([step, child]) => [[step], ...placesIn(child).map((rest) => [step, ...rest])]);
}

/** Replaces the value at a place with the result of `change`; undefined removes it. */
function at(value: Json, [step, ...rest]: readonly Step[], change: (value: Json) => Json | undefined): Json {
  if (step === undefined) return change(value) ?? null;
  const changed = (child: Json) => (rest.length > 0 ? at(child, rest, change) : change(child));
  if (isList(value)) return value.flatMap((child, i) => (i === step ? (changed(child) ?? []) : [child]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      const now = key === step ? changed(child) : child;
      return now === undefined ? [] : [[key, now]];
    }),
  );
}

const other = (value: Json): Json => {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return value.replace(/.$/u, (last) => (last === '0' ? '1' : '0')) || 'x';
  return typeof value === 'boolean' ? !value : value === null ? 0 : value;
};

const typed = (value: Json): Json => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return [value];
  return value === null ? '' : isList(value) ? { ...value } : [value];
};

const AT_PLACES: readonly (readonly [string, (value: Json) => Json | undefined])[] = [
  ['dropped', () => undefined],
  ['another value', other],
  ['another type', typed],
  ['null', () => null],
  ['twice', (value) => (isList(value) ? [...value, ...value.slice(-1)] : value)],
  ['reversed', (value) => (isList(value) ? value.toReversed() : value)],
  ['emptied', (value) => (isList(value) ? [] : isRecord(value) ? {} : '')],
  ['a key more', (value) => (isRecord(value) ? { ...value, extra: 1 } : value)],
  ['a key of another case', (value) => (isRecord(value) ? renamed(value, (key) => key.toUpperCase()) : value)],
  ['a key in snake case', (value) => (isRecord(value) ? renamed(value, (key) => `${key}_`) : value)],
  ['rounded', (value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value)],
  ['cut', (value) => (typeof value === 'string' ? value.slice(0, -1) : value)],
  ['in upper case', (value) => (typeof value === 'string' ? value.toUpperCase() : value)],
  ['a space more', (value) => (typeof value === 'string' ? `${value} ` : value)],
  ['an hour later', (value) => (typeof value === 'string' ? value.replace('T08', 'T09') : value)],
  ['milliseconds lost', (value) => (typeof value === 'string' ? value.replace('.120Z', 'Z') : value)],
  ['without a zone', (value) => (typeof value === 'string' ? value.replace('.120Z', '.120') : value)],
];

function renamed(value: { readonly [key: string]: Json }, name: (key: string) => string): Json {
  const [first, ...rest] = Object.entries(value);
  return first === undefined ? value : Object.fromEntries([[name(first[0]), first[1]], ...rest]);
}

const reordered = (value: Json): Json => {
  if (isList(value)) return value.map(reordered);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, child]) => [key, reordered(child)]),
  );
};

const legOf = (body: string | Uint8Array, headers = FIELDS, status = 200) => answer(body, headers, { status });
const without = (name: string) => FIELDS.filter(([field]) => field !== name);
const withField = (name: string, value: string): HeaderList =>
  FIELDS.map(([field, old]) => [field, field === name ? value : old]);

function* mutantsOf(body: Json): Generator<Mutant> {
  const text = write(body);
  for (const place of placesIn(body))
    for (const [name, change] of AT_PLACES) {
      const changed = write(at(body, place, change));
      if (changed !== text) yield { name: `${name} at /${place.join('/')}`, harmful: true, leg: legOf(changed) };
    }
  const harmful = (name: string, leg: ResponseLeg): Mutant => ({ name, harmful: true, leg });
  const harmless = (name: string, leg: ResponseLeg): Mutant => ({ name, harmful: false, leg });
  for (const status of [201, 204, 301, 400, 401, 404, 429, 500, 503])
    yield harmful(`status ${status}`, legOf(text, FIELDS, status));
  for (const name of [
    'Content-Type',
    'Cache-Control',
    'Vary',
    'Set-Cookie',
    'Access-Control-Allow-Origin',
    'X-Total-Count',
  ])
    yield harmful(`${name} lost`, legOf(text, without(name)));
  for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=3600'])
    yield harmful(
      `${attribute} lost`,
      legOf(text, withField('Set-Cookie', COOKIE.filter((part) => part !== attribute).join('; '))),
    );
  yield harmful('a shorter life', legOf(text, withField('Set-Cookie', COOKIE.join('; ').replace('3600', '360'))));
  yield harmful(
    'another value of the cookie',
    legOf(text, withField('Set-Cookie', COOKIE.join('; ').replace('a3', 'b3'))),
  );
  yield harmful('any origin', legOf(text, withField('Access-Control-Allow-Origin', 'https://other.test')));
  yield harmful('cached longer', legOf(text, withField('Cache-Control', 'private, max-age=600')));
  yield harmful('cached by all', legOf(text, withField('Cache-Control', 'public, max-age=60')));
  yield harmful('as text', legOf(text, withField('Content-Type', 'text/plain; charset=utf-8')));
  yield harmful('as a page', legOf(text, withField('Content-Type', 'text/html; charset=utf-8')));
  yield harmful('no body', legOf(''));
  yield harmful('half a body', legOf(text.slice(0, text.length >> 1)));
  yield harmful('a comma too many', legOf(text.replace(/\}$/, ',}')));
  yield harmful('a label without its coding', legOf(text, [...FIELDS, ['Content-Encoding', 'gzip']]));
  yield harmful('a coding without its label', legOf(gzipSync(text)));
  yield harmful('in UTF-16', legOf(Buffer.from(text, 'utf16le')));
  yield harmful('in a string', legOf(write(text)));
  yield harmful('in an array', legOf(`[${text}]`));
  if (/[^\x20-\x7e]/.test(text)) yield harmful('read as Latin-1', legOf(Buffer.from(text).toString('latin1')));
  yield harmless('keys in another order', legOf(write(reordered(body))));
  yield harmless('laid out', legOf(JSON.stringify(body, null, 2)));
  yield harmless('a newline', legOf(`${text}\n`));
  yield harmless(
    'escapes',
    legOf(text.replaceAll(/[^\x20-\x7e]|[<>]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)),
  );
  yield harmless('compressed', legOf(gzipSync(text), [...FIELDS, ['Content-Encoding', 'gzip']]));
  yield harmless('no charset', legOf(text, withField('Content-Type', 'application/json')));
  yield harmless(
    'names in another case',
    legOf(
      text,
      FIELDS.map(([name, value]) => [name.toLowerCase(), value]),
    ),
  );
  yield harmless('fields in another order', legOf(text, FIELDS.toReversed()));
  yield harmless(
    'attributes in another order',
    legOf(text, withField('Set-Cookie', [...COOKIE.slice(0, 1), ...COOKIE.slice(1).toReversed()].join(';'))),
  );
  yield harmless('directives in another order', legOf(text, withField('Cache-Control', 'max-age=60,private')));
  yield harmless('names in another order', legOf(text, withField('Vary', 'origin,accept')));
  yield harmless('another server', legOf(text, withField('Server', 'b')));
  yield harmless('a second later', legOf(text, withField('Date', 'Tue, 24 Nov 2026 08:00:01 GMT')));
  yield harmless('framed by its length', legOf(text, [...FIELDS, ['Content-Length', String(Buffer.byteLength(text))]]));
  yield harmless(
    'a hop of its own',
    legOf(text, [...FIELDS, ['Via', '1.1 b'], ['Keep-Alive', 'timeout=5'], ['Connection', 'keep-alive']]),
  );
}

const COOKIE = (FIELDS.find(([name]) => name === 'Set-Cookie')?.[1] ?? '').split('; ');

describe('mutants of an answer', () => {
  const judged = Object.entries(BODIES).flatMap(([name, body]) =>
    [...mutantsOf(body)].map((mutant) => {
      const { differences } = compareRecord(pairOf(legOf(write(body)), mutant.leg), { decode: decodeContent });
      const stands = differences.some((difference) => standsAgainst(difference.severity));
      return { ...mutant, stands, said: `${name}: ${mutant.name}: ${tell(differences)}` };
    }),
  );

  it('are many', () => {
    expect(judged.filter(({ harmful }) => harmful).length).toBeGreaterThan(400);
    expect(judged.filter(({ harmful }) => !harmful).length).toBeGreaterThanOrEqual(60);
  });

  it('that may break a client stand against the candidate', () => {
    expect(judged.filter(({ harmful, stands }) => harmful && !stands).map(({ said }) => said)).toEqual([]);
  });

  it('that no client notices do not', () => {
    expect(judged.filter(({ harmful, stands }) => !harmful && stands).map(({ said }) => said)).toEqual([]);
  });
});
