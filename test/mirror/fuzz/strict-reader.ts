/** Reads HTTP/1.1 strictly by its grammar (RFC 9112): whatever two readers could understand differently is an error. */

export interface Message {
  /** Start line and fields. */
  readonly head: string;
  readonly startLine: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Where the next message begins. */
  readonly end: number;
}

/** Null if more bytes are needed. */
export type Reading = Message | null;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^${TOKEN} [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.[01]$`);
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = new RegExp(
  `^(${TOKEN}):[ \\t]*((?:[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?)[ \\t]*$`,
);
const CHUNK = /^([0-9a-fA-F]{1,8})(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

/** Thrown for bytes that a strict reader rejects. */
export class Ambiguous extends Error {}

/** Reads the request that begins at `from`. @param text latin1 @throws Ambiguous */
export function readRequest(text: string, from: number): Reading {
  const head = readHead(text, from, REQUEST_LINE);
  if (head === null) return null;
  const hosts = head.fields.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length > 1) throw new Ambiguous('more than one Host');
  if (hosts.length === 0 && head.startLine.endsWith('1.1')) throw new Ambiguous('no Host');
  return withBody(text, head, framing(head.fields), false);
}

/** Reads the answer that begins at `from`. @param ended no more bytes will arrive @throws Ambiguous */
export function readAnswer(text: string, from: number, method: string, ended: boolean): Reading {
  const head = readHead(text, from, STATUS_LINE);
  if (head === null) return null;
  const status = statusOf(head.startLine);
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  return withBody(text, head, bodiless ? 0 : (framing(head.fields) ?? 'end'), ended);
}

export function statusOf(startLine: string): number {
  return Number(startLine.slice(9, 12));
}

interface Head extends Pick<Message, 'head' | 'startLine' | 'fields'> {
  readonly next: number;
}

function readHead(text: string, from: number, first: RegExp): Head | null {
  const end = text.indexOf('\r\n\r\n', from);
  if (end < 0) return null;
  const head = text.slice(from, end);
  const [startLine = '', ...lines] = head.split('\r\n');
  if (!first.test(startLine)) throw new Ambiguous(`start line ${JSON.stringify(startLine.slice(0, 200))}`);
  return { head, startLine, fields: lines.map(readField), next: end + 4 };
}

function readField(line: string): readonly [string, string] {
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Ambiguous(`field ${JSON.stringify(line.slice(0, 200))}`);
  return [name, value];
}

/** Returns the length of the body, `chunks`, or undefined if the fields announce neither. */
function framing(fields: Message['fields']): number | 'chunks' | undefined {
  const of = (wanted: string) => fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const [lengths, codings] = [of('content-length'), of('transfer-encoding')];
  if (lengths.length + codings.length > 1) throw new Ambiguous('more than one framing');
  const [length, coding] = [lengths[0], codings[0]];
  if (length !== undefined && !/^\d+$/.test(length)) throw new Ambiguous(`length ${JSON.stringify(length)}`);
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new Ambiguous(`coding ${JSON.stringify(coding)}`);
  return coding === undefined ? (length === undefined ? undefined : Number(length)) : 'chunks';
}

function withBody(text: string, head: Head, framed: number | 'chunks' | 'end' | undefined, ended: boolean): Reading {
  const { next } = head;
  if (framed === 'chunks') return readChunks(text, head);
  if (framed === 'end') return ended ? { ...head, body: text.slice(next), end: text.length } : null;
  const end = next + (framed ?? 0);
  return text.length < end ? null : { ...head, body: text.slice(next, end), end };
}

function readChunks(text: string, head: Head): Reading {
  let [at, body] = [head.next, ''];
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = CHUNK.exec(text.slice(at, line))?.[1];
    if (size === undefined) throw new Ambiguous(`chunk ${JSON.stringify(text.slice(at, line).slice(0, 200))}`);
    const [begin, length] = [line + 2, Number.parseInt(size, 16)];
    if (length === 0) return readTrailers(text, head, body, begin);
    if (text.length < begin + length + 2) return null;
    if (!text.startsWith('\r\n', begin + length)) throw new Ambiguous('a chunk longer than it says');
    body += text.slice(begin, begin + length);
    at = begin + length + 2;
  }
}

function readTrailers(text: string, head: Head, body: string, at: number): Reading {
  if (text.startsWith('\r\n', at)) return { ...head, body, end: at + 2 };
  const end = text.indexOf('\r\n\r\n', at);
  if (end < 0) return null;
  for (const line of text.slice(at, end).split('\r\n')) readField(line);
  return { ...head, body, end: end + 4 };
}
