/**
 * A protobuf message by its wire format alone (https://protobuf.dev/programming-guides/encoding/): values by field number, whatever
 * the order of the fields. Without a schema a number's signedness is not known, and a text that is also a message is taken for text.
 */
import { jsonOf } from './json-of.ts';

/** Messages nest no deeper in practice; deeper ones are bytes. */
const DEEPEST = 32;

type Fields = Record<string, unknown[]>;

/** null where the bytes are no message. */
export function jsonOfProtobuf(bytes: Uint8Array): string | null {
  const fields = fieldsOf(bytes, 0);
  return fields === null ? null : jsonOf(fields);
}

function fieldsOf(bytes: Uint8Array, depth: number): Fields | null {
  const fields: Fields = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    if (tag === null) return null;
    const key = Number(tag.value);
    const [number, type] = [Math.floor(key / 8), key % 8];
    if (number < 1 || number > 0x1fffffff) return null;
    const read = valueAt(bytes, view, tag.next, type, depth);
    if (read === null) return null;
    const known = fields[number] ?? [];
    known.push(read.value);
    fields[number] = known;
    at = read.next;
  }
  return fields;
}

interface Read<T> {
  readonly value: T;
  readonly next: number;
}

function valueAt(bytes: Uint8Array, view: DataView, at: number, type: number, depth: number): Read<unknown> | null {
  if (type === 0) return varint(bytes, at);
  if (type === 1) return at + 8 > bytes.length ? null : { value: `64:${view.getBigUint64(at, true)}`, next: at + 8 };
  if (type === 5) return at + 4 > bytes.length ? null : { value: `32:${view.getUint32(at, true)}`, next: at + 4 };
  if (type !== 2) return null;
  const length = varint(bytes, at);
  if (length === null || length.value > bytes.length - length.next) return null;
  const next = length.next + Number(length.value);
  return { value: contentOf(bytes.subarray(length.next, next), depth), next };
}

/** Text, a message, or bytes: the first that it can be. */
function contentOf(bytes: Uint8Array, depth: number): unknown {
  const text = textOf(bytes);
  if (text !== null) return text;
  return (depth < DEEPEST ? fieldsOf(bytes, depth + 1) : null) ?? bytes;
}

/** UTF-8 without control characters but white space. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells a message from a text
    return /[\0-\x08\x0e-\x1f\x7f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** Exact: a number as far as a double is. */
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
    if (byte < 0x80) return { value, next: from + i + 1 };
  }
  return null;
}
