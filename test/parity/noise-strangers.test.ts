/**
 * Answers in which stable varies by itself while the candidate may also break something: twenty captures for each row unless it says how many,
 * labelled before the first run.
 */
import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList, ResponseLeg } from '../../capture/format/index.ts';
import { compareRecord, verdictOf } from '../../parity/compare/record.ts';
import type { Difference } from '../../parity/model/index.ts';
import { compileRules } from '../../parity/rules/index.ts';
import { GatheredNoise, noiseOf, withNoise } from '../../parity/tally/noise.ts';
import { answer, pairOf } from '../support/answer.ts';
import { json, typed } from '../support/compared.ts';

/** Stable's answer, its second answer, and the candidate's, to the i-th request. */
type Answers = (i: number) => readonly [stable: ResponseLeg, again: ResponseLeg, candidate: ResponseLeg];

const of = (value: unknown, ...headers: HeaderList) =>
  answer(JSON.stringify(value), [['Content-Type', 'application/json'], ...headers]);
const failed = (body: string, status: number) => answer(body, undefined, { status });
/** Creates the three answers, each with a text of its own. */
const each = (of: (own: string) => ResponseLeg) => [of('s'), of('n'), of('c')] as const;
const list = (length: number, from: number) => Array.from({ length }, (_, k) => k + from);

const ROWS: readonly (readonly [name: string, want: 'clean' | 'breaking', answers: Answers, captures?: number])[] = [
  [
    'an order that flaps',
    'clean',
    (i) => [of(['a', 'b', 'c']), of(i % 2 ? ['b', 'a', 'c'] : ['c', 'b', 'a']), of(['a', 'c', 'b'])],
  ],
  ['an order that flaps, and an element is lost', 'breaking', () => [of(['a', 'b']), of(['b', 'a']), of(['a'])]],
  ['a price that became a text', 'breaking', (i) => [of({ p: i }), of({ p: i + 1 }), of({ p: `${i + 2}` })]],
  ['a moment that became null', 'breaking', (i) => [moment(10 + i), moment(30 + i), of({ u: null })]],
  ['an ETag of each answer', 'clean', (i) => each((x) => of(1, ['ETag', `"${x}${i}"`]))],
  [
    'failures now and then, and always',
    'breaking',
    (i) => [of(1), i % 3 ? of(1) : failed('{}', 503), failed('{}', 503)],
  ],
  [
    'ids at random, of which both sides draw one',
    'clean',
    (i) => [
      of([...list(3, 100 * i), ...list(3, 100 * i - 9)]),
      of([...list(3, 100 * i + 20), ...list(3, 100 * i + 9)]),
      of([100 * i + 40, 100 * i, ...list(4, 100 * i + 50)]),
    ],
  ],
  [
    'ids at random, of which one became a text',
    'breaking',
    (i) => [
      of(list(6, 100 * i)),
      of(list(6, 100 * i + 20)),
      of([100 * i + 40, `${100 * i}`, ...list(4, 100 * i + 50)]),
    ],
  ],
  ['ids at random', 'clean', (i) => [of([i, i + 100]), of([i + 200, i + 300]), of([i + 400, i + 500])]],
  [
    'a length that varies, and nothing',
    'breaking',
    (i) => [of(list(3 + (i % 3), i)), of(list(3 + ((i + 1) % 3), i + 9)), of([])],
  ],
  [
    'a cookie that varies, without Secure',
    'breaking',
    (i) => [cookie(`s=a${i}; Secure`), cookie(`s=b${i}; Secure`), cookie(`s=c${i}`)],
  ],
  [
    'another place that differs once',
    'breaking',
    (i) => [of({ a: i, b: 1 }), of({ a: i + 9, b: 1 }), of({ a: i + 5, b: i === 7 ? 2 : 1 })],
  ],
  [
    'a key that comes and goes, and is gone',
    'breaking',
    (i) => [of({ x: 1, promo: 'p' }), of(i % 2 ? { x: 1 } : { x: 1, promo: 'p' }), of({ x: 1 })],
  ],
  ['the name of a server', 'clean', (i) => [servedBy(`s${i % 5}`), servedBy(`s${(i + 2) % 5}`), servedBy(`g${i % 4}`)]],
  ['ids of events', 'clean', (i) => each((x) => typed('text/event-stream', `id: ${x}${i}\ndata: 1\n\n`))],
  ['a latency in a text', 'clean', (i) => [health('ok', i), health('ok', i + 7), health('ok', i + 14)]],
  ['a latency, and a state', 'breaking', (i) => [health('ok', i), health('ok', i + 7), health('down', i + 14)]],
  ['three captures of twenty', 'breaking', (i) => [of({ v: 1 }), of({ v: i < 3 ? 2 : 1 }), of({ v: i < 3 ? 3 : 1 })]],
  ['a number that is none', 'breaking', (i) => [of({ l: i + 0.1 }), of({ l: i + 0.2 }), json('{"l":NaN}')]],
  // Labelled before the first run, which called each of these clean.
  ['a counter that became zero', 'breaking', (i) => [of({ n: 4_000 + i }), of({ n: 4_001 + i }), of({ n: 0 })]],
  ['a UUID that became the nil one', 'breaking', (i) => [uuid(i), uuid(i + 50), of({ ref: NIL })]],
  [
    'a text that became a placeholder',
    'breaking',
    (i) => [of({ q: `a ${i}` }), of({ q: `b ${i}` }), of({ q: '<nil>' })],
  ],
  ['a moment that became that of 1970', 'breaking', (i) => [moment(10 + i), moment(30 + i), of({ u: EPOCH })]],
  [
    'a line that became an error',
    'breaking',
    (i) => [line(`at ${i}`), line(`at ${i + 1}`), line('upstream timed out')],
  ],
  [
    'a link that leads inside',
    'breaking',
    (i) => [link('cdn.test', i), link('cdn.test', i + 30), link('backend', i + 60)],
  ],
  [
    'a link that lost its signature',
    'breaking',
    (i) => [link('cdn.test', i), link('cdn.test', i + 30), of({ url: 'https://cdn.test/f?sig=' })],
  ],
  // Of 51 further rows that were labelled before their first run, which called the first two clean.
  [
    'null or a number, and always null',
    'breaking',
    (i) => [of({ d: i % 2 ? null : 5 }), of({ d: i % 3 ? 5 : null }), of({ d: null })],
  ],
  [
    'milliseconds since 1970 that became seconds',
    'breaking',
    (i) => [of({ at: NOW_MS + i }), of({ at: NOW_MS + 7 * i + 1 }), of({ at: NOW_MS / 1000 + i })],
  ],
  ['a key now and then, and never', 'breaking', (i) => [optional(i % 2), optional(i % 3), optional(1)]],
  // Labelled before the first run, too, and clean.
  [
    'a key now and then on both sides',
    'clean',
    (i) => [optional(i % 2), optional((i >> 1) % 2), optional((i >> 2) % 2)],
  ],
  [
    'null now and then on both sides',
    'clean',
    (i) => [of({ d: i % 2 ? null : 5 }), of({ d: (i >> 1) % 2 ? null : 5 }), of({ d: (i >> 2) % 2 ? null : 5 })],
  ],
  [
    'a gauge that is idle now and then',
    'clean',
    (i) => [of({ n: 4_000 + i }), of({ n: i % 3 && 4_010 + i }), of({ n: i % 4 && 4_020 + i })],
  ],
  [
    'numbers with a fraction now and then',
    'clean',
    (i) => [of({ n: i % 9 }), of({ n: (i % 9) + 0.5 }), of({ n: i === 7 ? -1e-7 : i + 2 })],
  ],
  // Of ADR 109, which left the first ones hidden, and the others called breaking.
  ['a thousandfold duration', 'breaking', (i) => [took(3 + i), took(40 - i), took(1000 * (5 + i))]],
  ['a duration in another unit', 'breaking', (i) => [took(`${3 + i}ms`), took(`${9 + i}ms`), took(`${5 + i}s`)]],
  [
    'a duration that is written in the unit that fits',
    'clean',
    (i) => [took(`${3 + i}ms`), took(`${9 + i}ms`), took(`0.0${10 + i}s`)],
  ],
  ['latencies with a tail', 'clean', (i) => [took(tail(i)), took(tail(i + 1)), took(tail(i + 2))]],
  ['a number of the other sign', 'breaking', (i) => [of({ n: 3 + i }), of({ n: 4 + i }), of({ n: -5 - i })]],
  [
    'a number that is -1 now and then',
    'breaking',
    (i) => [of({ n: 3 + i }), of({ n: 4 + i }), of({ n: i % 9 ? 5 + i : -1 })],
  ],
  [
    'a balance on both sides of zero',
    'clean',
    (i) => [of({ n: (i % 7) - 3 }), of({ n: (i % 5) - 2 }), of({ n: (i % 3) - 1 })],
  ],
  ['a token of half the length', 'breaking', (i) => [token(i, 32), token(i + 30, 32), token(i + 60, 16)]],
  ['tokens about twelve long', 'clean', (i) => [drawn(i, 12), drawn(i + 30, 12), drawn(i + 60, i === 5 ? 11 : 12)]],
  [
    'tokens of any length',
    'clean',
    (i) => [token(i, 20 + (i % 9)), token(i + 30, 28 - (i % 8)), token(i + 60, 20 + (i % 7))],
  ],
  [
    'a list of a few, and of a hundred',
    'breaking',
    (i) => [of(list(2 + (i % 3), i)), of(list(3 + (i % 2), i)), of(list(100, i))],
  ],
  [
    'lists of any length',
    'clean',
    (i) => [of(list((i * 7) % 19, 0)), of(list((i * 5) % 17, 0)), of(list((i * 3) % 19, 0))],
  ],
  [
    'a list that is empty now and then on both sides',
    'clean',
    (i) => [of({ l: list(i & 1, 7) }), of({ l: list((i >> 1) & 1, 7) }), of({ l: list(1 - ((i >> 2) & 1), 7) })],
  ],
  [
    'a list that is empty now and then, and always',
    'breaking',
    (i) => [of({ l: list(i & 1, 7) }), of({ l: list((i >> 1) & 1, 7) }), of({ l: [] })],
  ],
  [
    'elements that are not there now and then',
    'clean',
    (i) => [entries(i & 1), entries((i >> 1) & 1), entries(1 - ((i >> 2) & 1))],
  ],
  [
    'elements that are not there now and then, and never',
    'breaking',
    (i) => [entries(i & 1), entries((i >> 1) & 1), entries(0)],
  ],
  ['entries by ids of letters and digits', 'clean', (i) => each((x) => byId(`${x}${i}`))],
  ['entries by ids of letters and digits, and none', 'breaking', (i) => [byId(`s${i}`), byId(`n${i}`), of({})]],
  [
    'entries by day',
    'clean',
    (i) => [of({ [isoDay(i)]: 1 }), of({ [isoDay(i + 30)]: 1 }), of({ [isoDay(i + 60)]: 1 })],
  ],
  ['greetings', 'clean', (i) => [greeting(i), greeting(i + 1), greeting(i + 2)]],
  ['dates in words', 'clean', (i) => [line(day(i)), line(day(i + 1)), line(day(i + 2))]],
  ['links with a signature', 'clean', (i) => [link('cdn.test', i), link('cdn.test', i + 30), link('cdn.test', i + 60)]],
  ['the id in an error', 'clean', (i) => each((x) => failed(`{"e":"no item ${x}${i}"}`, 404))],
  // Of ADR 136, which left the ones that break hidden, and called the others breaking.
  [
    'entries of each side, and a text for a number',
    'breaking',
    (i) => [job('s', i), job('n', i), job('c', i, '"n":"1","m":2')],
  ],
  [
    'entries of each side, and a member that is lost',
    'breaking',
    (i) => [job('s', i), job('n', i), job('c', i, '"m":2')],
  ],
  ['entries of each side', 'clean', (i) => each((x) => job(x, i, `"n":${i},"m":"${x}"`))],
  ['entries by ids of mixed letters', 'clean', (i) => each((x) => of({ by: { [mixed(x, i)]: { n: 1 } } }))],
  ['a number that is zero for good', 'breaking', (i) => [of({ n: 40 + i }), of({ n: 50 - i }), of({ n: 0 })]],
  ['a time that a faster service rounds to zero', 'clean', (i) => [took(3 + i), took(9 + i), took(0)]],
  ['a fraction that is cut off', 'breaking', (i) => [of({ n: i + 0.25 }), of({ n: i + 1.5 }), of({ n: i + 2 })]],
  [
    'a quotient that is not rounded',
    'breaking',
    (i) => [of({ n: i + 0.25 }), of({ n: i + 1.5 }), of({ n: i + 1 / 3 })],
  ],
  ['averages that are whole now and then', 'clean', (i) => [mean(i), mean(i + 100), mean(i + 200)]],
  [
    'codes without leading zeros',
    'breaking',
    (i) => [of({ c: `00${10 + i}` }), of({ c: `00${40 + i}` }), of({ c: `${70 + i}` })],
  ],
  ['a moment in another zone', 'breaking', (i) => [at(i), at(i + 1), at(i + 3_600)]],
  ['a template that nobody filled', 'breaking', (i) => [greeting(i), greeting(i + 1), of({ q: 'Hello {{ .Name }}' })]],
  [
    'UUIDs in capitals',
    'breaking',
    (i) => [uuid(i), uuid(i + 30), of({ ref: `6BA7B810-9DAD-41D1-80B4-00C04FD4${1_060 + i}` })],
  ],
  ['keys in capitals, some without a digit', 'clean', (i) => [capitals(i), capitals(i + 30), capitals(i + 60)]],
  [
    'a list that is often empty, seen 20 times',
    'clean',
    (i) => [oftenEmpty(i), oftenEmpty(i + 100), oftenEmpty(i + 200)],
  ],
  // Whether a word is chosen more often takes more captures.
  ['a flag that flaps', 'clean', (i) => [of({ f: odd(i) }), of({ f: odd(i >> 1) }), of({ f: odd(i >> 2) })], 60],
  [
    'a flag that flaps, and is false for good',
    'breaking',
    (i) => [of({ f: odd(i) }), of({ f: odd(i >> 1) }), of({ f: false })],
    60,
  ],
  ['a state of three', 'clean', (i) => [state(i), state(i * 5 + 1), state(i * 7 + 2)], 120],
  [
    'a state of three, and a fourth',
    'breaking',
    (i) => [state(i), state(i * 5 + 1), i % 9 ? state(i * 7 + 2) : of({ s: 'unknown' })],
    120,
  ],
  // Of ADR 148, which left the ones that break hidden, and called the others breaking.
  ['latitude for longitude', 'breaking', (i) => [spot(i), spot(i + 50), spot(i + 90, true)]],
  ['coordinates in the other order', 'breaking', (i) => [geo(i), geo(i + 50), geo(i + 90, true)]],
  ['coordinates that vary', 'clean', (i) => [geo(i), geo(i + 50), geo(i + 90)]],
  [
    'two numbers that are drawn alike',
    'clean',
    (i) => [i, i + 50, i + 90].map((k) => of({ a: draw(k, 99) + 1, b: draw(k + 500, 99) + 1 })) as Three,
  ],
  ['the newest last', 'breaking', (i) => [log(i), log(i + 50), log(i + 90, true)]],
  ['the newest first', 'clean', (i) => [log(i), log(i + 50), log(i + 90)]],
  [
    'an id without its prefix',
    'breaking',
    (i) => [of({ o: `cus_${base62(i)}` }), of({ o: `cus_${base62(i + 50)}` }), of({ o: base62(i + 90) })],
  ],
  [
    'bytes in the alphabet for URLs',
    'breaking',
    (i) => [of({ b: bytes(i) }), of({ b: bytes(i + 50) }), of({ b: url(bytes(i + 90)) })],
  ],
  [
    'bytes without padding',
    'breaking',
    (i) => [of({ b: bytes(i) }), of({ b: bytes(i + 50) }), of({ b: bytes(i + 90).replace('=', '') })],
  ],
  ['bytes', 'clean', (i) => [of({ b: bytes(i) }), of({ b: bytes(i + 50) }), of({ b: bytes(i + 90) })]],
  [
    'entries by numbers for UUIDs',
    'breaking',
    (i) => [job('s', i), job('n', i), of({ jobs: { [`${i}`]: { n: 1, m: 2 } } })],
  ],
  ['entries by words drawn at random', 'clean', (i) => [byWord(i), byWord(i + 50), byWord(i + 90)]],
  ['entries by words, and a member that is lost', 'breaking', (i) => [byWord(i), byWord(i + 50), byWord(i + 90, {})]],
  [
    'one of two keys, and always a third',
    'breaking',
    (i) => [
      of({ r: { [i & 1 ? 'ok' : 'late']: 1 } }),
      of({ r: { [i & 2 ? 'ok' : 'late']: 1 } }),
      of({ r: { lost: 1 } }),
    ],
  ],
  [
    'a redirect that loses a parameter',
    'breaking',
    (i) => [to(`a=1&s=${i}`), to(`a=1&s=${i + 50}`), to(`s=${i + 90}`)],
  ],
  ['names of two words, some of them long', 'clean', (i) => [pet(i), pet(i + 50), pet(i + 90)]],
  ['codes, some without a digit', 'clean', (i) => [code(i), code(i + 50, i === 7), code(i + 90, i === 3)]],
  ['entries by ids with a prefix, some of them zero', 'clean', (i) => [charge(i), charge(i + 50), charge(i + 90)]],
  ['codes of letters, some of them words', 'clean', (i) => [word(i), word(i + 50, i === 7), word(i + 90, i === 3)]],
  ['a state beside numbers', 'breaking', (i) => [of({ c: `${i}` }), of({ c: `${i + 1}` }), of({ c: 'unknown' })]],
  ['rows whose counts happen to be equal', 'clean', (i) => [rows(i), rows(i + 50), rows(i + 90)], 60],
  ['a few of many', 'clean', (i) => [sample(i), sample(i + 50), sample(i + 90)]],
];

type Three = [ResponseLeg, ResponseLeg, ResponseLeg];
const spot = (i: number, swapped = false) => {
  const [lat, lon] = [52 + draw(i, 999) / 9_999, 13 + draw(i + 500, 999) / 9_999];
  return of(swapped ? { lat: lon, lon: lat } : { lat, lon });
};
const geo = (i: number, swapped = false) => {
  const place = [13 + draw(i, 999) / 9_999, 52 + draw(i + 500, 999) / 9_999];
  return of({ type: 'Point', coordinates: swapped ? place.reverse() : place });
};
const log = (i: number, turned = false) => {
  const rows = list(4, 0).map((k) => ({ at: new Date(NOW_MS - 60_000 * k + draw(i + 9 * k, 999)).toISOString() }));
  return of({ rows: turned ? rows.reverse() : rows });
};
const letters = (alphabet: string, i: number, length: number) =>
  list(length, 0)
    .map((k) => alphabet[draw(31 * i + k, alphabet.length)])
    .join('');
const base62 = (i: number) => letters('abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789', i, 24);
const bytes = (i: number) => Buffer.from(list(32, 0).map((k) => draw(37 * i + k, 256))).toString('base64');
const url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
const byWord = (i: number, entry: unknown = { n: 1 }) =>
  of({ by: { [letters('abcdefghijklmnopqrstuvwxyz', i, 9)]: entry } });
const charge = (i: number) => of({ by: { [`ch_${base62(i).slice(0, 14)}`]: { n: draw(i, 4) } } });
const word = (i: number, plain = false) => {
  const stable = `${letters('HKWQZP', i, 5)}${i < 50 && i % 9 ? i % 8 : 'X'}`;
  return of({ c: i < 50 ? stable : plain ? letters('HKWQZP', i, 6) : `${letters('HKWQZP', i, 5)}7` });
};
const rows = (i: number) =>
  of({ l: list(7, 0).map((k) => ({ at: NOW_MS - 60_000 * k - draw(i + k, 999), n: draw(17 * i + k, 60) })) });
const to = (query: string) => answer('', [['Location', `/login?${query}`]], { status: 302 });
const pet = (i: number) =>
  of({ n: `${['calm', 'keen', 'eager'][draw(i, 3)]}_${draw(i + 500, 8) ? 'gauss' : 'noether'}` });
const code = (i: number, plain = false) => of({ c: `${letters('HKWQZP', i, 5)}${plain ? 'X' : i % 8}` });
const sample = (i: number) =>
  of({ l: [...new Set(list(9, 0).map((k) => 'abcdefghijkl'[draw(11 * i + k, 12)]))].slice(0, 4) });

const job = (side: string, i: number, member = '"n":1,"m":2') => json(`{"jobs":{"${uuidOf(side, i)}":{${member}}}}`);
const uuidOf = (side: string, i: number) =>
  `6ba7b810-9dad-41d1-80b4-${Buffer.from(side).toString('hex').padStart(8, '0')}${1_000 + i}`;
const mixed = (side: string, i: number) =>
  Buffer.from(`${side}${(i + 11) ** 7}~${i}`.padEnd(15, side)).toString('base64url');
/** From 0 to `below`, as if drawn at random. */
const draw = (i: number, below: number) => Math.floor(Math.abs((Math.sin(i * 12.9898 + 4) * 43_758.5453) % 1) * below);
const mean = (i: number) => of({ n: draw(i, 10) / (1 + draw(i + 500, 4)) });
const oftenEmpty = (i: number) => of({ l: list(draw(i, 2), 7) });
const at = (second: number) => of({ u: 1_795_000_000 + second });
const LETTERS = 'QWERTZUIOPASDFGHJKLYXCVBNM7';
const capitals = (i: number) =>
  of({
    s: list(16, 0)
      .map((k) => LETTERS[draw(31 * i + k, LETTERS.length)])
      .join(''),
  });
const odd = (i: number) => i % 2 === 1;
const state = (i: number) => of({ s: ['idle', 'busy', 'down'][((i * 7) % 11) % 3] });

const NOW_MS = 1_795_507_200_000;
const took = (time: number | string) => of({ took: time });
/** Every fifth takes much longer. */
const tail = (i: number) => (i % 5 === 0 ? 4_000 : 20) + i;
const token = (i: number, length: number) => of({ t: `a${(i + 11) ** 9}Zq${'x7Kp'.repeat(9)}`.slice(0, length) });
const drawn = (i: number, length: number) => of({ t: `zq${(i + 11) ** 9}`.slice(0, length) });
const entries = (count: number) => typed('application/xml', `<l>${'<i>a</i>'.repeat(count)}</l>`);
const byId = (id: string) => of({ by: { [`usr_9${id}F3kQ4x4`]: { n: 1 } } });
const isoDay = (i: number) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
const optional = (without: number) => of(without === 0 ? { x: 1, o: 7 } : { x: 1 });
const moment = (second: number) => of({ u: `2026-01-01T00:00:${second}Z` });
const NIL = '00000000-0000-0000-0000-000000000000';
const EPOCH = '1970-01-01T00:00:00Z';
const uuid = (i: number) => of({ ref: `6ba7b810-9dad-41d1-80b4-00c04fd4${1_000 + i}` });
const line = (text: string) => typed('text/plain', `${text}\n`);
const link = (host: string, i: number) => of({ url: `https://${host}/f?sig=${(i + 1) * 98_765_431}` });
const greeting = (i: number) => of({ q: ['Hello there', 'Good day', 'Welcome back'][i % 3] });
const day = (i: number) => new Date(Date.UTC(2026, i % 12, 1 + i)).toUTCString();
const cookie = (value: string) => of({}, ['Set-Cookie', value]);
const servedBy = (name: string) => of(1, ['X-Served-By', name]);
const health = (state: string, ms: number) => typed('text/plain', `${state}\nlatency ${ms} ms\n`);

const none = compileRules({ v: 1, rules: [] }, new Date('2026-03-10T00:00:00Z'));

function leftOf(answers: Answers, captures: number): Difference[] {
  const records = list(captures, 0).map((i): CaptureRecord => {
    const [stable, noise, candidate] = answers(i);
    return { ...pairOf(stable, candidate), noise };
  });
  const gathered = new GatheredNoise();
  for (const record of records) gathered.add(noiseOf(record, compareRecord));
  const rules = withNoise(none, gathered.model);
  return records.flatMap((record) => compareRecord(record, { rules }).differences);
}

describe('captures in which stable varies', () => {
  it.each(ROWS.map(([name, want, answers, captures = 20]) => [name, want, answers, captures] as const))(
    '%s',
    (_, want, answers, captures) => {
      expect(verdictOf(leftOf(answers, captures)) === 'breaking' ? 'breaking' : 'clean').toBe(want);
    },
  );

  it.each([
    ['latitude for longitude', "two numbers have each other's place"],
    ['the newest last', 'no longer rises or falls'],
    ['a number of the other sign', 'the sign changes'],
    ['a flag that flaps, and is false for good', 'this value is more frequent'],
    ['bytes in the alphabet for URLs', 'not from base64 to base64 for URLs'],
  ])('tell of %s what an `ignore` rule would hide', (name, advice) => {
    const left = ROWS.filter(([one]) => one === name).flatMap(([, , of, captures = 20]) => leftOf(of, captures));
    expect(left.find(({ severity }) => severity === 'breaking')?.advice).toContain(advice);
  });
});
