/**
 * Cuts a byte stream at line ends, so that the pieces can be parsed independently. If the stream breaks, all complete
 * lines are delivered before the error. Memory is bounded by the longest line.
 */
import { isUtf8 } from 'node:buffer';

/** Minimum size of a piece in bytes, except for the last piece. */
const PIECE = 1024 * 1024;
/** A longer line cannot be a record and is skipped. */
const LONGEST_LINE = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Limits {
  readonly piece: number;
  readonly longestLine: number;
}
export const LIMITS: Limits = { piece: PIECE, longestLine: LONGEST_LINE };

/** A sequence of complete lines. */
export interface Piece {
  /** Owns its buffer, so it may be transferred. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Number of the first line, counted from 1. */
  readonly firstLine: number;
}

/** Stands for a line that was too long to keep; `data` is empty. */
export interface TooLong {
  readonly tooLong: number;
}

export async function* cutAtLines(
  stream: AsyncIterable<Buffer>,
  { piece, longestLine }: Limits = LIMITS,
): AsyncGenerator<Piece | TooLong> {
  let line = 1;
  let held: Uint8Array[] = [];
  let bytes = 0;
  /** Number of bytes in `held` up to and including its last line end. */
  let whole = 0;
  let passingOver = false;
  try {
    for await (let chunk of stream) {
      if (passingOver) {
        const end = chunk.indexOf(NEWLINE);
        if (end < 0) continue;
        chunk = chunk.subarray(end + 1);
        passingOver = false;
      }
      const end = chunk.lastIndexOf(NEWLINE);
      if (end >= 0) whole = bytes + end + 1;
      held.push(chunk);
      bytes += chunk.length;
      if (whole > 0 && bytes >= piece) {
        const data = join(held, bytes);
        const rest = data.slice(whole);
        const lines = data.subarray(0, whole);
        // The consumer may transfer the buffer, so everything that is needed later is computed first.
        const next = line + newlines(lines);
        yield { data: lines, firstLine: line };
        line = next;
        held = [rest];
        bytes = rest.length;
        whole = 0;
      }
      if (whole === 0 && bytes > longestLine) {
        yield { tooLong: line };
        line++;
        held = [];
        bytes = 0;
        passingOver = true;
      }
    }
  } catch (error) {
    // Deliver the lines that were complete before the stream broke.
    if (whole > 0) yield { data: join(held, bytes).subarray(0, whole), firstLine: line };
    throw error;
  }
  if (bytes > 0) yield { data: join(held, bytes), firstLine: line };
}

/** Calls `read` with the text of each non-blank line, or `refuse` with the reason why it is not text. */
export function eachLine(
  { data, firstLine }: Piece,
  read: (text: string, line: number) => void,
  refuse: (line: number, reason: string) => void,
  { longestLine }: Limits = LIMITS,
): void {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const valid = isUtf8(buffer);
  let line = firstLine;
  for (let start = 0; start < buffer.length; line++) {
    const newline = buffer.indexOf(NEWLINE, start);
    const end = newline < 0 ? buffer.length : newline;
    if (end - start > longestLine) refuse(line, tooLong(longestLine));
    else if (!valid && !isUtf8(buffer.subarray(start, end))) refuse(line, 'not UTF-8');
    else {
      const text = buffer.toString('utf8', start, end).trim();
      if (text !== '') read(text, line);
    }
    start = end + 1;
  }
}

export function tooLong(longestLine: number = LONGEST_LINE): string {
  return `longer than ${longestLine} bytes`;
}

function join(parts: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

function newlines(data: Uint8Array): number {
  let count = 0;
  for (let at = data.indexOf(NEWLINE); at >= 0; at = data.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
