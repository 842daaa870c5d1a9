/** A body as its reader gets it: capture's encoding and content codings undone, characters decoded by the charset. */

import {
  type Decode,
  type Decoded,
  decodeAll,
  MAX_DECODED_BYTES,
  type ResponseLeg,
} from '../../../capture/format/index.ts';
import { codingsOf, firstValue, type MediaType, mediaTypeOf } from '../../../http/index.ts';
import { kindOfMedia, messageFormatOf } from '../../model/index.ts';
import { uncompressed } from '../binary/index.ts';

export interface Content {
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
  /** null where the bytes are no text in the charset that they claim. */
  readonly text: string | null;
}

export type UnreadableContent = Exclude<Decoded['outcome'], 'decoded'> | 'no-decoder';
export type Read = Content | UnreadableContent;

export function readContent(leg: ResponseLeg, decode: Decode | undefined): Read {
  const read = readBody(leg, decode);
  const coding = firstValue(leg.headers, 'grpc-encoding')?.toLowerCase() ?? 'identity';
  const framed = coding !== 'identity' && messageFormatOf(mediaTypeOf(leg).type) === 'grpc';
  return !framed || typeof read === 'string' || decode === undefined ? read : withoutCompression(read, coding, decode);
}

/** Of gRPC, which compresses message by message. What is not in that coding stays as it is. */
function withoutCompression(content: Content, coding: string, decode: Decode): Content {
  let room = MAX_DECODED_BYTES;
  const bytes = uncompressed(content.bytes, (message) => {
    const decoded = decode(coding, message, Math.max(1, room));
    if (decoded.outcome !== 'decoded') return null;
    room -= decoded.bytes.length + FRAME;
    return room > 0 ? decoded.bytes : null;
  });
  return bytes === null || bytes === content.bytes ? content : byteContent(content.mediaType, bytes);
}

/** What an empty message costs, in bytes: a decoder is begun for each. */
const FRAME = 1_024;

function readBody(leg: ResponseLeg, decode: Decode | undefined): Read {
  const codings = codingsOf(leg);
  const mediaType = mediaTypeOf(leg);
  const { encoding, data } = leg.body;
  if (codings.length === 0 || leg.body.bytes === 0) return readPlain(leg);
  const bytes = encoding === 'utf8' ? new TextEncoder().encode(data) : fromBase64(data);
  if (bytes === null) return 'malformed';
  if (decode === undefined) return 'no-decoder';
  const decoded = decodeAll(codings, bytes, decode);
  return decoded.outcome === 'decoded' ? byteContent(mediaType, decoded.bytes) : decoded.outcome;
}

/** As if no coding were named: what a recorder that decodes leaves, and what stands behind a label that is no coding. */
export function readPlain(leg: ResponseLeg): Content | 'malformed' {
  const mediaType = mediaTypeOf(leg);
  const { encoding, data } = leg.body;
  const own = charsetOf(mediaType) ?? (encoding === 'utf8' ? saidWithin(mediaType, data) : undefined);
  if (encoding === 'utf8' && (isUtf8(own) || isAlwaysUtf8(mediaType))) return textContent(mediaType, data);
  const bytes = encoding === 'utf8' ? new TextEncoder().encode(data) : fromBase64(data);
  return bytes === null ? 'malformed' : byteContent(mediaType, bytes);
}

export function byteContent(mediaType: MediaType, bytes: Uint8Array): Content {
  return { mediaType, bytes, text: textOf(mediaType, bytes) };
}

function textOf(mediaType: MediaType, bytes: Uint8Array): string | null {
  const label = charsetOf(mediaType) ?? saidWithin(mediaType, bytes);
  if (!isAlwaysUtf8(mediaType)) return decodeText(bytes, label);
  const text = decodeText(bytes, 'utf-8');
  // UTF-16 of ASCII is UTF-8 as well, with a NUL beside each character.
  return text === null || text.includes('\0') ? decodeText(bytes, label) : text;
}

/** JSON and event streams are UTF-8 whatever the parameter says (RFC 8259, 8.1 and 11; HTML standard, 9.2.5). */
function isAlwaysUtf8({ type }: MediaType): boolean {
  const kind = kindOfMedia(type);
  return kind === 'json' || kind === 'json-lines' || kind === 'events';
}

/** Single quotes are no quotes in HTTP, but are sent. */
function charsetOf({ parameters }: MediaType): string | undefined {
  return parameters.get('charset')?.toLowerCase().replaceAll("'", '');
}

/** A document that says its charset says so here (HTML standard, 13.2.3.2). */
const PRESCANNED = 1024;

/** In an XML declaration (RFC 7303, 3.2) or a `meta` of HTML, where the field names no charset. What stands there is no UTF-16. */
function saidWithin({ type }: MediaType, content: string | Uint8Array): string | undefined {
  if (kindOfMedia(type) !== 'markup') return undefined;
  const beginning = content.slice(0, PRESCANNED);
  const text = typeof beginning === 'string' ? beginning : String.fromCharCode(...beginning);
  const said = type.endsWith('html')
    ? /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)/i
    : /^<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)/;
  const label = said.exec(text)?.[1]?.toLowerCase();
  return label?.startsWith('utf-16') === true ? undefined : label;
}

/** The text is there; its bytes are made only if somebody asks. */
export function textContent(mediaType: MediaType, text: string): Content {
  let bytes: Uint8Array | undefined;
  return {
    mediaType,
    text,
    get bytes() {
      bytes ??= new TextEncoder().encode(text);
      return bytes;
    },
  };
}

function isUtf8(charset: string | undefined): boolean {
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/** Another byte is another text: nothing is replaced by U+FFFD, and a byte order mark stays in the text of UTF-8. */
function decodeText(bytes: Uint8Array, charset = 'utf-8'): string | null {
  try {
    const [label, content] = endianness(charset, bytes);
    return new TextDecoder(isCharset(label) ? label : 'utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Browsers take a label that nobody knows for none. */
function isCharset(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** `utf-16` names no order of bytes: its mark does, and is then no part of the text. */
function endianness(label: string, bytes: Uint8Array): readonly [string, Uint8Array] {
  if (label !== 'utf-16' || bytes.length < 2) return [label, bytes];
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfeff) return ['utf-16be', bytes.subarray(2)];
  return mark === 0xfffe ? ['utf-16le', bytes.subarray(2)] : ['utf-16le', bytes];
}

function fromBase64(data: string): Uint8Array | null {
  try {
    const characters = atob(data);
    const bytes = new Uint8Array(characters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    return bytes;
  } catch {
    return null;
  }
}
