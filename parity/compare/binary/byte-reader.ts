/** Reads bytes value by value and writes them as JSON. */

/** Real values are not nested more deeply. */
const DEEPEST = 256;
/** A body with more values takes longer than a second to compare. Of typical values, this many are five megabytes. */
const MOST_VALUES = 500_000;

/** Reading past the end throws a RangeError, as DataView does. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #depth = 0;
  #values = 0;
  /** How many numbers are floats. */
  floats = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Reads the first byte of the next value. @throws RangeError if there are too many values */
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

  /** Reads a value that contains others. @throws RangeError if it is nested too deeply */
  within<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new RangeError('nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }
}

export interface BinaryText {
  /** One JSON text per value. */
  readonly values: readonly string[];
  /**
   * How many numbers are floats. Readers without types do not notice a float; others reject one where they expect an
   * integer.
   */
  readonly floats: number;
}

/** Returns null if the bytes are not in the format. */
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
