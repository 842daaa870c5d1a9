/** The entries of a HAR, each as soon as it is complete; a truncated file yields all entries before the cut. */

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Nesting of objects: `{ log: { entries: [ … ] } }`. */
const DEPTH_OF_ENTRIES = 3;
/** A longer object cannot be an entry. */
const LONGEST = 512 * 1024 * 1024;

/**
 * One entry per line; invalid JSON within an entry is left to the reader of the line.
 * @throws Error that describes the mistake in the file
 */
export async function* harEntries(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const scanner = new Scanner();
  for await (const chunk of source) yield* scanner.read(chunk);
  scanner.end();
}

class Scanner {
  #begun = false;
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** The present string outside of entries, which may be a key. */
  #text: number[] = [];
  /** By depth: the key of the present value. */
  readonly #keys: string[] = [];
  #inEntries = false;
  #found = false;
  #count = 0;
  /** What has been read of the open entry; null if none is open. */
  #entry: Buffer[] | null = null;
  #bytes = 0;

  *read(given: Buffer): Generator<Buffer> {
    const chunk = this.#begun ? given : this.#beginning(given);
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (this.#inText) {
        this.#within(byte);
        continue;
      }
      if (byte === QUOTE) {
        [this.#inText, this.#text] = [true, []];
      } else if (byte === COLON) {
        if (this.#entry === null) this.#keys[this.#depth] = Buffer.from(this.#text).toString('utf8');
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (this.#inEntries && this.#depth === DEPTH_OF_ENTRIES && this.#entry === null) {
          [this.#entry, this.#bytes, start] = [[], 0, i];
        }
        this.#depth++;
        if (byte === OPEN_LIST && this.#isEntries()) [this.#inEntries, this.#found] = [true, true];
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#inEntries && this.#depth < DEPTH_OF_ENTRIES) this.#inEntries = false;
        if (this.#entry !== null && this.#depth === DEPTH_OF_ENTRIES) {
          yield lineOf([...this.#entry, chunk.subarray(start, i + 1)]);
          this.#entry = null;
          this.#count++;
        }
      }
    }
    if (this.#entry === null) return;
    this.#entry.push(chunk.subarray(start));
    this.#bytes += chunk.length - start;
    if (this.#bytes > LONGEST) throw new Error(`entry ${this.#count + 1} is longer than ${LONGEST} bytes`);
  }

  /** @throws Error if the file ends early, or contains no entries */
  end(): void {
    if (!this.#begun) throw new Error('it is empty');
    if (this.#entry !== null) throw new Error(`it is cut off within entry ${this.#count + 1}`);
    if (this.#depth > 0 || this.#inText) throw new Error(`it is cut off after entry ${this.#count}`);
    if (!this.#found) throw new Error('it has no log.entries, as a HAR has');
  }

  #within(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inText = false;
    if (this.#inText && this.#entry === null && this.#text.length < 100) this.#text.push(byte);
  }

  #isEntries(): boolean {
    return this.#depth === DEPTH_OF_ENTRIES && this.#keys[1] === 'log' && this.#keys[2] === 'entries';
  }

  /** Removes a byte order mark, which some recorders write. */
  #beginning(chunk: Buffer): Buffer {
    const [first, second] = chunk;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
      throw new Error('it is UTF-16: save it as UTF-8');
    const text = chunk.subarray(first === 0xef ? 3 : 0);
    const at = text.findIndex((byte) => byte > 0x20);
    if (at < 0) return text;
    if (text[at] !== OPEN_OBJECT) throw new Error('it is not a JSON object, as a HAR must be');
    this.#begun = true;
    return text.subarray(at);
  }
}

/** Line ends occur only between members, because JSON escapes them in strings. */
function lineOf(parts: readonly Buffer[]): Buffer {
  const line = Buffer.concat([...parts, Buffer.from('\n')]);
  for (let i = 0; i < line.length - 1; i++) if (line[i] === 0x0a || line[i] === 0x0d) line[i] = 0x20;
  return line;
}
