/** Random JSON documents as values, so that one value can be written in many ways. Numbers are kept as text. */
import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.ts';

export type Value =
  | { readonly kind: 'number'; readonly token: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'word'; readonly word: 'true' | 'false' | 'null' }
  | { readonly kind: 'array'; readonly items: readonly Value[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Value])[] };

const tokens = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('-0', '0.0', '1e2', '100', '100.0', '1E+2', '1e-7', '0.0000001', '1e400', '1e401', '12e-1'),
);
const texts = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.string({ unit: anyCharacter, maxLength: 3 }),
  fc.constantFrom(
    '',
    'a',
    'b',
    '1',
    '\ud800',
    '\ufffd',
    '<&>',
    '\u2028',
    '\b\f',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.0Z',
  ),
);
const names = fc.oneof(fc.constantFrom('id', 'a', 'A', 'b', '', '__proto__', 'a/b', '~', '0', '1', '<'), texts);

export const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tokens.map((token): Value => ({ kind: 'number', token })),
    texts.map((text): Value => ({ kind: 'string', text })),
    fc.constantFrom('true', 'false', 'null').map((word): Value => ({ kind: 'word', word })),
    fc.array(tie('value'), { maxLength: 5 }).map((items): Value => ({ kind: 'array', items })),
    fc
      .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 5, selector: ([name]) => name })
      .map((members): Value => ({ kind: 'object', members })),
  ),
})).value;

/** A source of choices, so that the way a value is written shrinks and is repeatable. */
export type Choose = (among: number) => number;

export const choosers: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat({ max: 1_000_000 })).map((stream) => {
  return (among) => (stream.next().value ?? 0) % among;
});

/** Always takes the first choice: compact and in order, as JSON.stringify writes. */
export const plainly: Choose = () => 0;

export function write(value: Value, choose: Choose = plainly): string {
  const space = () => ['', '', '', ' ', '\n\t'][choose(5)] ?? '';
  const list = (parts: readonly string[], open: string, close: string) =>
    `${open}${parts.map((part) => `${space()}${part}${space()}`).join(',')}${parts.length === 0 ? space() : ''}${close}`;
  switch (value.kind) {
    case 'number':
      return writeNumber(value.token, choose);
    case 'string':
      return writeString(value.text, choose);
    case 'word':
      return value.word;
    case 'array':
      return list(
        value.items.map((item) => write(item, choose)),
        '[',
        ']',
      );
    case 'object': {
      const members = value.members.map(
        ([name, v]) => `${writeString(name, choose)}${space()}:${space()}${write(v, choose)}`,
      );
      return list(shuffled(members, choose), '{', '}');
    }
  }
}

function shuffled(members: readonly string[], choose: Choose): readonly string[] {
  const turn = members.length === 0 ? 0 : choose(members.length);
  return [...members.slice(turn), ...members.slice(0, turn)];
}

function writeString(text: string, choose: Choose): string {
  if (choose(3) === 0) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

function writeNumber(token: string, choose: Choose): string {
  const style = choose(4);
  if (style === 1 && /^-?\d+$/.test(token)) return `${token}.0`;
  if (style === 2 && !/[eE]/.test(token)) return `${token}E+00`;
  if (style === 3 && /^-?[1-9]\d*$/.test(token)) return `${token}0e-1`;
  return token;
}

/** Whether two values mean the same, by big integers: the model that the comparer is checked against. */
export function meansSame(a: Value, b: Value): boolean {
  if (a.kind === 'number' && b.kind === 'number') return exact(a.token) === exact(b.token);
  if (a.kind === 'string' && b.kind === 'string') return a.text === b.text;
  if (a.kind === 'word' && b.kind === 'word') return a.word === b.word;
  if (a.kind === 'array' && b.kind === 'array') {
    return a.items.length === b.items.length && a.items.every((item, i) => sameOrNone(item, b.items[i]));
  }
  if (a.kind !== 'object' || b.kind !== 'object' || a.members.length !== b.members.length) return false;
  const others = new Map(b.members);
  return a.members.every(([name, value]) => sameOrNone(value, others.get(name)));
}

function sameOrNone(a: Value, b: Value | undefined): boolean {
  return b !== undefined && meansSame(a, b);
}

/** The number × 10^800, which is an integer for every token used here. */
function exact(token: string): bigint {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction || '0') * 10n ** BigInt(800 + Number(exponent) - fraction.length);
}
