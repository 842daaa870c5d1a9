/** Tagged netstrings, `<length>:<data><type>`, in which mitmproxy stores its flows (mitmproxy/io/tnetstring.py). */
import { piecesOfRecording } from './pieces.ts';

export type TaggedValue =
  | Buffer
  | string
  | number
  | boolean
  | null
  | readonly TaggedValue[]
  | { readonly [key: string]: TaggedValue };

const MAX_NESTING = 32;
/** A flow with its bodies; anything longer is not a recording. */
const MAX_LENGTH = 256 * 1024 * 1024;
const COLON = 0x3a;

/** Yields one value after another. @throws Error that describes the mistake */
export async function* taggedValues(source: AsyncIterable<Buffer>): AsyncGenerator<TaggedValue> {
  for await (const value of piecesOfRecording(source, endOfFirst, 'flow')) yield valueIn(value, 0);
}

/** The end of the first value, which may be beyond the buffer; null while its length is incomplete. */
function endOfFirst(buffer: Buffer): number | null {
  const colon = buffer.subarray(0, 12).indexOf(COLON);
  const digits = buffer.toString('latin1', 0, colon < 0 ? Math.min(buffer.length, 12) : colon);
  if (!/^\d*$/.test(digits) || (colon < 0 && digits.length > 9) || colon === 0 || Number(digits) > MAX_LENGTH)
    throw new Error('it is not a tagged netstring');
  return colon < 0 ? null : colon + 1 + Number(digits) + 1;
}

/** @param buffer one value, from its length to its tag */
function valueIn(buffer: Buffer, nesting: number): TaggedValue {
  if (nesting > MAX_NESTING) throw new Error('it is nested too deeply');
  const data = buffer.subarray(buffer.indexOf(COLON) + 1, -1);
  const text = () => data.toString('utf8');
  switch (String.fromCharCode(buffer.at(-1) ?? 0)) {
    case ',':
      return data;
    case ';':
      return text();
    case '#':
    case '^':
      return Number(text());
    case '!':
      return text() === 'true';
    case '~':
      return null;
    case ']':
      return [...valuesIn(data, nesting)];
    case '}':
      return membersIn([...valuesIn(data, nesting)]);
    default:
      throw new Error('it has a value of an unknown kind');
  }
}

function* valuesIn(data: Buffer, nesting: number): Generator<TaggedValue> {
  let rest = data;
  while (rest.length > 0) {
    const end = endOfFirst(rest);
    if (end === null || end > rest.length) throw new Error('a value in it is cut short');
    yield valueIn(rest.subarray(0, end), nesting + 1);
    rest = rest.subarray(end);
  }
}

function membersIn(values: readonly TaggedValue[]): { readonly [key: string]: TaggedValue } {
  const pairs = values.flatMap((value, i): [string, TaggedValue][] =>
    i % 2 === 0 ? [[Buffer.isBuffer(value) ? value.toString('latin1') : String(value), values[i + 1] ?? null]] : [],
  );
  return Object.fromEntries(pairs);
}
