/** Bytes that are read one value after the other, and told as JSON. */

/** Values are nested no deeper in practice. */
const DEEPEST = 256;
/** Beyond these a body costs more than a second; of usual ones they are five megabytes. */
const MOST_VALUES = 500_000;

/** Reading past the end throws a RangeError, as DataView does. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #depth = 0;
  #values = 0;
  /** Numbers that are floats. */
  floats = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The first byte of the next value. @throws RangeError where there are too many */
  head(): number {
    if (++this.#values > MOST_VALUES) throw new RangeError('too many values');
    return this.unsigned(1);
  }

  peek(): number {
    return this.#view.getUint8(this.#at);
  }

  #step(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new RangeError('the bytes end within a value');
    this.#at += length;
    return from;
  }

  bytes(length: number): Uint8Array {
    const from = this.#step(length);
    return this.#bytes.subarray(from, from + length);
  }

  unsigned(length: 1 | 2 | 4): number {
    const from = this.#step(length);
    if (length === 1) return this.#view.getUint8(from);
    return length === 2 ? this.#view.getUint16(from) : this.#view.getUint32(from);
  }

  signed(length: 1 | 2 | 4): number {
    const from = this.#step(length);
    if (length === 1) return this.#view.getInt8(from);
    return length === 2 ? this.#view.getInt16(from) : this.#view.getInt32(from);
  }

  unsigned64(): bigint {
    return this.#view.getBigUint64(this.#step(8));
  }

  signed64(): bigint {
    return this.#view.getBigInt64(this.#step(8));
  }

  float(length: 4 | 8): number {
    this.floats++;
    const from = this.#step(length);
    return length === 4 ? this.#view.getFloat32(from) : this.#view.getFloat64(from);
  }

  /** What holds others. @throws RangeError where it is nested too deeply */
  within<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new RangeError('nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }
}

export interface BinaryText {
  /** JSON, a text for each value. */
  readonly values: readonly string[];
  /** Readers without types do not see that a number is a float, others refuse it where they expect an integer. */
  readonly floats: number;
}

/** null where the bytes are none. */
export function textOfValues(bytes: Uint8Array, value: (reader: ByteReader) => string): BinaryText | null {
  const reader = new ByteReader(bytes);
  const values: string[] = [];
  try {
    while (!reader.isAtEnd) values.push(value(reader));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  return values.length === 0 ? null : { values, floats: reader.floats };
}

export function times(count: number, read: () => string): string {
  const list: string[] = [];
  for (let i = 0; i < count; i++) list.push(read());
  return list.join(',');
}
