/** Splits a multipart body (RFC 2046, 5.1) into parts of bytes. */

import type { HeaderList } from '../../../capture/format/index.ts';
import { firstValue, type MediaType, parseMediaType } from '../../../http/index.ts';

/** A body with more parts is compared as bytes. */
const MAX_PARTS = 200;
/** If a part has more fields, its body is not located. */
const MAX_FIELDS = 100;
/** The longest boundary that RFC 2046 allows. */
const MAX_BOUNDARY = 70;

export interface Part {
  readonly headers: HeaderList;
  /** From Content-Disposition; null if it gives no name. */
  readonly name: string | null;
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
}

/** Returns null if the body does not match `boundary`. */
export function parseMultipart(bytes: Uint8Array, boundary: string | undefined): Part[] | null {
  if (boundary === undefined || boundary === '' || boundary.length > MAX_BOUNDARY) return null;
  const delimiter = new TextEncoder().encode(`--${boundary}`);
  const parts: Part[] = [];
  let at = find(bytes, delimiter, 0);
  while (at >= 0 && parts.length <= MAX_PARTS) {
    const after = at + delimiter.length;
    if (isClosing(bytes, after)) return parts.length > 0 ? parts : null;
    const start = endOfLine(bytes, after);
    const next = find(bytes, delimiter, start);
    if (start < 0 || next < 0) return null;
    const part = parsePart(bytes.subarray(start, next - (bytes[next - 2] === CR ? 2 : 1)));
    if (part === null) return null;
    parts.push(part);
    at = next;
  }
  return null;
}

const [CR, LF, DASH] = [13, 10, 45];

/** Parses an HTTP message that is the content of a part, as in answers to batch requests (RFC 9112, 10.2). */
export function parseMessage(bytes: Uint8Array): Part & { readonly startLine: string } {
  const end = endOfLine(bytes, 0);
  const startLine = new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end)).trim();
  const rest = end < 0 ? new Uint8Array() : bytes.subarray(end);
  return { startLine, ...(parsePart(rest) ?? partOf([], rest)) };
}

/** Returns null if a line is not a header field, because readers disagree on where the fields of such a part end. */
function parsePart(bytes: Uint8Array): Part | null {
  const headers: [string, string][] = [];
  let at = 0;
  while (headers.length < MAX_FIELDS) {
    const end = endOfLine(bytes, at);
    const line = new TextDecoder().decode(bytes.subarray(at, end < 0 ? bytes.length : end)).replace(/\r?\n$/, '');
    at = end < 0 ? bytes.length : end;
    if (line === '') break;
    const colon = line.indexOf(':');
    const last = headers.at(-1);
    if (line.includes('\r')) return null;
    if (/^[ \t]/.test(line) && last !== undefined) last[1] = `${last[1]} ${line.trim()}`.trim();
    else if (colon < 1) return null;
    else headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return partOf(headers, bytes.subarray(at));
}

function partOf(headers: HeaderList, bytes: Uint8Array): Part {
  const disposition = parseMediaType(firstValue(headers, 'content-disposition'));
  return {
    headers,
    name: disposition.parameters.get('name') ?? null,
    mediaType: parseMediaType(firstValue(headers, 'content-type') ?? 'text/plain'),
    bytes,
  };
}

/** The offset after the next line feed, or -1. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(LF, from);
  return at < 0 ? -1 : at + 1;
}

const isClosing = (bytes: Uint8Array, at: number) => bytes[at] === DASH && bytes[at + 1] === DASH;

/** Whether only white space or the dashes of the last delimiter follow. Any other line belongs to a part. */
function isEndOfDelimiter(bytes: Uint8Array, after: number): boolean {
  let at = isClosing(bytes, after) ? after + 2 : after;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  if (bytes[at] === CR) at++;
  return bytes[at] === LF || at >= bytes.length;
}

const [SPACE, TAB] = [32, 9];

/** Finds the line that is `delimiter`. */
function find(bytes: Uint8Array, delimiter: Uint8Array, from: number): number {
  if (from < 0) return -1;
  for (let at = bytes.indexOf(DASH, from); at >= 0; at = bytes.indexOf(DASH, at + 1)) {
    const begins = (at === 0 || bytes[at - 1] === LF) && delimiter.every((byte, i) => bytes[at + i] === byte);
    if (begins && isEndOfDelimiter(bytes, at + delimiter.length)) return at;
  }
  return -1;
}
