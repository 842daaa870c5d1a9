/** MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as JSON. */
import { Decoder } from '@msgpack/msgpack';
import { jsonOf } from './json-of.ts';

const DECODER = new Decoder({
  useBigInt64: true,
  mapKeyConverter: (key) => (typeof key === 'number' ? key : String(key)),
});

/** One text for one value, an array for several; null where the bytes are none. */
export function jsonOfMessagePack(bytes: Uint8Array): string | null {
  try {
    const values = [...DECODER.decodeMulti(bytes)];
    return values.length === 0 ? null : jsonOf(values.length === 1 ? values[0] : values);
  } catch {
    return null;
  }
}

/** How many numbers are floats. Readers without types do not see them, others refuse them where they expect an integer. */
export function floatsIn(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let floats = 0;
  for (let at = 0; at < bytes.length; ) {
    const head = bytes[at] ?? 0;
    if (head === 0xca || head === 0xcb) floats++;
    const follows = head >= 0xc4 && head <= 0xdf ? FOLLOWS[head - 0xc4] : undefined;
    const [fixed, counted] = follows ?? [head >= 0xa0 && head <= 0xbf ? head & 31 : 0, 0];
    if (at + 1 + counted > bytes.length) return floats;
    const length =
      counted === 0
        ? 0
        : counted === 1
          ? view.getUint8(at + 1)
          : counted === 2
            ? view.getUint16(at + 1)
            : view.getUint32(at + 1);
    at += 1 + fixed + counted + length;
  }
  return floats;
}

/** By head from 0xc4 on: bytes that follow it, and bytes before them that count further ones. */
const FOLLOWS: readonly (readonly [fixed: number, counted: number])[] = [
  ...[
    [0, 1],
    [0, 2],
    [0, 4],
  ], // bytes
  ...[
    [1, 1],
    [1, 2],
    [1, 4],
  ], // extensions, behind their type
  ...[
    [4, 0],
    [8, 0],
  ], // floats
  ...[
    [1, 0],
    [2, 0],
    [4, 0],
    [8, 0],
  ], // integers
  ...[
    [1, 0],
    [2, 0],
    [4, 0],
    [8, 0],
  ],
  ...[
    [2, 0],
    [3, 0],
    [5, 0],
    [9, 0],
    [17, 0],
  ], // extensions of a fixed length
  ...[
    [0, 1],
    [0, 2],
    [0, 4],
  ], // texts
  ...[
    [2, 0],
    [4, 0],
  ], // heads of arrays
  ...[
    [2, 0],
    [4, 0],
  ], // and of maps
].map(([fixed = 0, counted = 0]) => [fixed, counted] as const);
