/**
 * Reads protobuf messages by their wire format alone (https://protobuf.dev/programming-guides/encoding/): values by
 * field number, whatever the order of the fields. Without a schema the signedness of a number is unknown, and bytes
 * that are both a valid text and a valid message are taken for text.
 */
import { utf8, wordOfBytes, wordOfText } from './words.ts';

/** Real messages are not nested more deeply; anything deeper is treated as bytes. */
const DEEPEST = 32;

/** A number as its word, or a value with a length: a text, a message, bytes, or packed numbers. */
type Value = string | Uint8Array;
type Fields = ReadonlyMap<number, readonly Value[]>;

/** A body with more values takes longer than a second to compare. Of typical messages, this many are some megabytes. */
const MOST_VALUES = 250_000;

/** How many values of a body may still be read. */
export class ValueBudget {
  #values = MOST_VALUES;

  /** @throws RangeError if there are too many values */
  take(): void {
    if (this.#values-- === 0) throw new RangeError('too many values');
  }
}

/**
 * Both messages as JSON. A field that one side packs and the other does not, which every reader must treat alike, gives
 * the same result.
 * @throws RangeError if there are too many values
 */
export function textsOfProtobuf(a: Uint8Array, b: Uint8Array, budget: ValueBudget): Texts<string | null> {
  const [x, y] = [fieldsOf(a, budget), fieldsOf(b, budget)];
  const [p, q] = written(x ?? NO_FIELDS, y ?? NO_FIELDS, budget, 0);
  return [x && p, y && q];
}

type Texts<T = string> = readonly [T, T];
const NO_FIELDS: Fields = new Map();

function written(x: Fields, y: Fields, budget: ValueBudget, depth: number): Texts {
  const [ours, theirs]: [string[], string[]] = [[], []];
  const numbers = [...x.keys(), ...[...y.keys()].filter((number) => !x.has(number))].sort((p, q) => p - q);
  for (const number of numbers) {
    const [a, b] = [x.get(number), y.get(number)];
    const [p, q] = [unpackedAs(b ?? [], a ?? []), unpackedAs(a ?? [], b ?? [])];
    const [left, right]: [string[], string[]] = [[], []];
    for (let i = 0; i < p.length || i < q.length; i++) {
      const [one, other] = contentsOf(p[i], q[i], budget, depth);
      if (i < p.length) left.push(one);
      if (i < q.length) right.push(other);
    }
    if (a !== undefined) ours.push(`"${number}":[${left.join(',')}]`);
    if (b !== undefined) theirs.push(`"${number}":[${right.join(',')}]`);
  }
  return [`{${ours.join(',')}}`, `{${theirs.join(',')}}`];
}

/** Reads values with a length as packed numbers if the other side has numbers there. */
function unpackedAs(theirs: readonly Value[], values: readonly Value[]): readonly Value[] {
  const number = theirs.find((value) => typeof value === 'string');
  if (number === undefined) return values;
  return values.flatMap((value): readonly Value[] =>
    typeof value === 'string' ? [value] : (unpacked(value, number) ?? [value]),
  );
}

/** Returns null if the bytes are not such numbers. */
function unpacked(bytes: Uint8Array, like: string): string[] | null {
  const type = like.startsWith('"64:') ? 1 : like.startsWith('"32:') ? 5 : 0;
  const words: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = valueAt(bytes, at, type);
    if (read === null || typeof read.value !== 'string') return null;
    words.push(read.value);
    at = read.next;
  }
  return words;
}

/** The values at the same place on both sides; empty if a side has none there. */
function contentsOf(p: Value | undefined, q: Value | undefined, budget: ValueBudget, depth: number): Texts {
  const [x, y] = [contentOf(p, budget, depth), contentOf(q, budget, depth)];
  if (typeof x === 'string' && typeof y === 'string') return [x, y];
  const [a, b] = written(
    typeof x === 'string' ? NO_FIELDS : x,
    typeof y === 'string' ? NO_FIELDS : y,
    budget,
    depth + 1,
  );
  return [typeof x === 'string' ? x : a, typeof y === 'string' ? y : b];
}

/** Reads a value as text, a message, or bytes, whichever is possible first. */
function contentOf(value: Value | undefined, budget: ValueBudget, depth: number): string | Fields {
  if (value === undefined || typeof value === 'string') return value ?? '';
  const text = utf8(value);
  if (text !== null && !CONTROL.test(text)) return wordOfText(text);
  return (depth < DEEPEST ? fieldsOf(value, budget, true) : null) ?? wordOfBytes(value);
}

/** Control characters other than white space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they distinguish a message from a text
const CONTROL = /[\0-\x08\x0e-\x1f\x7f]/;

/**
 * Returns null if the bytes are not a message.
 * @param guessed whether the bytes may be something else; a number encoded in more bytes than necessary, which no
 * writer produces, shows that they are
 */
function fieldsOf(bytes: Uint8Array, budget: ValueBudget, guessed = false): Fields | null {
  const fields = new Map<number, Value[]>();
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    if (tag === null) return null;
    const key = Number(tag.value);
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (number < 1 || number > 0x1fffffff) return null;
    const read = valueAt(bytes, tag.next, type);
    if (
      read === null ||
      (guessed && (isPadded(bytes, at, tag.next) || (type === 0 && isPadded(bytes, tag.next, read.next))))
    )
      return null;
    budget.take();
    const known = fields.get(number);
    if (known === undefined) fields.set(number, [read.value]);
    else known.push(read.value);
    at = read.next;
  }
  return fields;
}

const isPadded = (bytes: Uint8Array, from: number, end: number) => end > from + 1 && bytes[end - 1] === 0;

interface Read<T> {
  readonly value: T;
  readonly next: number;
}

function valueAt(bytes: Uint8Array, at: number, type: number): Read<Value> | null {
  if (type === 0) {
    const read = varint(bytes, at);
    return read && { value: String(read.value), next: read.next };
  }
  if (type === 1)
    return at + 8 > bytes.length ? null : { value: `"64:${viewOf(bytes).getBigUint64(at, true)}"`, next: at + 8 };
  if (type === 5)
    return at + 4 > bytes.length ? null : { value: `"32:${viewOf(bytes).getUint32(at, true)}"`, next: at + 4 };
  if (type !== 2) return null;
  const length = varint(bytes, at);
  if (length === null || length.value > bytes.length - length.next) return null;
  const next = length.next + Number(length.value);
  return { value: bytes.subarray(length.next, next), next };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Exact: a number if a double represents it, otherwise a bigint. */
function varint(bytes: Uint8Array, from: number): Read<number | bigint> | null {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 7; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: from + i + 1 };
    scale *= 128;
  }
  return longVarint(bytes, from);
}

function longVarint(bytes: Uint8Array, from: number): Read<bigint> | null {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return null;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    // Readers take 64 bits of the value in ten bytes.
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: from + i + 1 };
  }
  return null;
}
