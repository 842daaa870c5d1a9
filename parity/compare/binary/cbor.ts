/**
 * Converts CBOR (RFC 8949) to JSON. Longer and shorter encodings, and texts in one or several pieces, give the same
 * result.
 */

import { joined } from '../../../capture/format/index.ts';
import { type BinaryText, type ByteReader, textOfValues, times } from './byte-reader.ts';
import { nameOfKey, wordOfBytes, wordOfNumber, wordOfUtf8 } from './words.ts';

/** Returns null if the bytes are not CBOR. Several values may follow each other (RFC 8742). */
export function textOfCbor(bytes: Uint8Array): BinaryText | null {
  return textOfValues(bytes, nextValue);
}

const BREAK = 0xff;
const INDEFINITE = 31;
const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG] = [0, 1, 2, 3, 4, 5, 6];

/** @throws RangeError if the bytes are not CBOR */
function nextValue(reader: ByteReader): string {
  const head = reader.head();
  const [major, info] = [head >> 5, head & 31];
  if (major === 7) return simple(reader, info);
  if (info === INDEFINITE) return reader.within(() => indefinite(reader, major));
  const count = argument(reader, info);
  if (major === UNSIGNED) return String(count);
  if (major === NEGATIVE) return String(-1n - BigInt(count));
  if (major === TAG) return reader.within(() => tagged(reader, Number(count)));
  if (typeof count === 'bigint') throw new RangeError('longer than any body');
  if (major === BYTES) return wordOfBytes(reader.bytes(count));
  if (major === TEXT) return wordOfUtf8(reader.bytes(count));
  const member = major === MAP ? () => memberOf(reader) : () => nextValue(reader);
  return reader.within(() => enclosed(major, times(count, member)));
}

const enclosed = (major: number, list: string) => (major === ARRAY ? `[${list}]` : `{${list}}`);

function memberOf(reader: ByteReader): string {
  const name = nameOfKey(nextValue(reader));
  return `${name}:${nextValue(reader)}`;
}

/** Of four or eight bytes; a bigint if a double may not represent it exactly. */
function argument(reader: ByteReader, info: number): number | bigint {
  if (info < 24) return info;
  if (info === 24) return reader.unsigned(1);
  if (info === 25) return reader.unsigned(2);
  if (info === 26) return reader.unsigned(4);
  if (info !== 27) throw new RangeError('a length that CBOR does not have');
  const long = reader.unsigned64();
  return long <= Number.MAX_SAFE_INTEGER ? Number(long) : long;
}

/** The pieces of a text or of a byte string, or the elements of a container, up to a break. */
function indefinite(reader: ByteReader, major: number): string {
  if (major === BYTES || major === TEXT) {
    const pieces: Uint8Array[] = [];
    while (!isBreak(reader)) {
      const head = reader.unsigned(1);
      const length = head >> 5 === major ? argument(reader, head & 31) : null;
      if (typeof length !== 'number') throw new RangeError('a piece of another kind');
      pieces.push(reader.bytes(length));
    }
    const whole = joined(pieces);
    return major === TEXT ? wordOfUtf8(whole) : wordOfBytes(whole);
  }
  if (major !== ARRAY && major !== MAP) throw new RangeError('a length that CBOR does not have');
  let list = '';
  while (!isBreak(reader)) list += `${list === '' ? '' : ','}${major === MAP ? memberOf(reader) : nextValue(reader)}`;
  return enclosed(major, list);
}

function isBreak(reader: ByteReader): boolean {
  if (reader.peek() !== BREAK) return false;
  reader.unsigned(1);
  return true;
}

/** Bignums (3.4.3) are integers. The tag that only announces CBOR (3.4.6) is ignored. */
function tagged(reader: ByteReader, tag: number): string {
  const value = nextValue(reader);
  if (tag === 55_799) return value;
  const [, base64] = tag === 2 || tag === 3 ? (/^"base64:(.*)"$/.exec(value) ?? []) : [];
  if (base64 === undefined || base64.length > MAX_INTEGER) return `{"(tag ${tag})":${value}}`;
  const hex = [...atob(base64)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  const integer = BigInt(`0x0${hex}`);
  return String(tag === 2 ? integer : -1n - integer);
}

/** In base64 characters. Writing a longer integer in digits takes disproportionately long. */
const MAX_INTEGER = 1_000;

function simple(reader: ByteReader, info: number): string {
  if (info === 20 || info === 21) return info === 20 ? 'false' : 'true';
  if (info === 22) return 'null';
  if (info === 25) return wordOfNumber(half(reader));
  if (info === 26 || info === 27) return wordOfNumber(reader.float(info === 26 ? 4 : 8));
  if (info > 24) throw new RangeError('a value that CBOR does not have');
  return `{"(simple)":${info === 24 ? reader.unsigned(1) : info}}`;
}

/** Reads an IEEE 754 number of 16 bits (RFC 8949, appendix D). */
function half(reader: ByteReader): number {
  reader.floats++;
  const bits = reader.unsigned(2);
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 === 1 ? -size : size;
}
