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
