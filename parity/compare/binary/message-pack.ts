/** Converts MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) to JSON. */
import { type BinaryText, type ByteReader, textOfValues, times } from './byte-reader.ts';
import { nameOfKey, wordOfBytes, wordOfNumber, wordOfUtf8 } from './words.ts';

/** Returns null if the bytes are not MessagePack. */
export function textOfMessagePack(bytes: Uint8Array): BinaryText | null {
  return textOfValues(bytes, nextValue);
}

/** @throws RangeError if the bytes are not MessagePack */
function nextValue(reader: ByteReader): string {
  const head = reader.head();
  if (head < 0x80) return String(head);
  if (head >= 0xe0) return String(head - 256);
  if (head < 0x90) return map(reader, head & 15);
  if (head < 0xa0) return array(reader, head & 15);
  if (head < 0xc0) return wordOfUtf8(reader.bytes(head & 31));
  const read = BY_HEAD[head - 0xc0];
  if (read === undefined) throw new RangeError('a head that MessagePack does not have');
  return read(reader);
}

const array = (reader: ByteReader, count: number) => reader.within(() => `[${times(count, () => nextValue(reader))}]`);
const map = (reader: ByteReader, count: number) =>
  reader.within(() => `{${times(count, () => `${nameOfKey(nextValue(reader))}:${nextValue(reader)}`)}}`);

const TIMESTAMP = -1;

function extension(reader: ByteReader, length: number): string {
  const type = reader.signed(1);
  const instant = type === TIMESTAMP ? timestamp(reader, length) : null;
  return instant ?? `{"(extension ${type})":${wordOfBytes(reader.bytes(length))}}`;
}

/** Seconds and nanoseconds, in any of the three lengths. */
function timestamp(reader: ByteReader, length: number): string | null {
  let [seconds, nanos] = [0n, 0n];
  if (length === 4) seconds = BigInt(reader.unsigned(4));
  else if (length === 8) {
    const both = reader.unsigned64();
    [seconds, nanos] = [both & 0x3_ffff_ffffn, both >> 34n];
  } else if (length === 12) [nanos, seconds] = [BigInt(reader.unsigned(4)), reader.signed64()];
  else return null;
  return `{"(seconds)":${seconds},"(nanoseconds)":${nanos}}`;
}

type Read = (reader: ByteReader) => string;
const constant =
  (word: string): Read =>
  () =>
    word;
/** Readers for the leading bytes 0xc0 to 0xdf. */
const BY_HEAD: readonly (Read | undefined)[] = [
  constant('null'),
  undefined,
  constant('false'),
  constant('true'),
  ...([1, 2, 4] as const).map(
    (size): Read =>
      (reader) =>
        wordOfBytes(reader.bytes(reader.unsigned(size))),
  ),
  ...([1, 2, 4] as const).map(
    (size): Read =>
      (reader) =>
        extension(reader, reader.unsigned(size)),
  ),
  ...([4, 8] as const).map(
    (size): Read =>
      (reader) =>
        wordOfNumber(reader.float(size)),
  ),
  ...([1, 2, 4] as const).map(
    (size): Read =>
      (reader) =>
        String(reader.unsigned(size)),
  ),
  (reader) => String(reader.unsigned64()),
  ...([1, 2, 4] as const).map(
    (size): Read =>
      (reader) =>
        String(reader.signed(size)),
  ),
  (reader) => String(reader.signed64()),
  ...[1, 2, 4, 8, 16].map(
    (length): Read =>
      (reader) =>
        extension(reader, length),
  ),
  ...([1, 2, 4] as const).map(
    (size): Read =>
      (reader) =>
        wordOfUtf8(reader.bytes(reader.unsigned(size))),
  ),
  ...([2, 4] as const).map(
    (size): Read =>
      (reader) =>
        array(reader, reader.unsigned(size)),
  ),
  ...([2, 4] as const).map(
    (size): Read =>
      (reader) =>
        map(reader, reader.unsigned(size)),
  ),
];
