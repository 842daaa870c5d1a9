/**
 * A body as its reader gets it: the capture's encoding and content codings are reversed, and characters are decoded
 * with the charset.
 */

import {
  type Decode,
  type Decoded,
  decodeAll,
  MAX_DECODED_BYTES,
  type ResponseLeg,
  uncompressed,
} from '../../../capture/format/index.ts';
import { codingsOf, firstValue, type MediaType, mediaTypeOf } from '../../../http/index.ts';
import { kindOfMedia, messageFormatOf } from '../../model/index.ts';

export interface Content {
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
  /** null if the bytes are not valid text in the declared charset. */
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

/** gRPC compresses each message separately. A message that is not in the declared coding is left unchanged. */
function withoutCompression(content: Content, coding: string, decode: Decode): Content {
  const bytes = uncompressed(content.bytes, coding, decode, MAX_DECODED_BYTES);
  return bytes === null || bytes === content.bytes ? content : byteContent(content.mediaType, bytes);
}

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

/**
 * Reads the body as if no coding were declared, as left by a recorder that decodes, or by a label that is not a coding.
 */
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
  const label = isMarkedUtf16(mediaType, bytes) ? 'utf-16' : (charsetOf(mediaType) ?? saidWithin(mediaType, bytes));
  if (!isAlwaysUtf8(mediaType)) return decodeText(bytes, label);
  const text = decodeText(bytes, 'utf-8');
  // ASCII in UTF-16 is also valid UTF-8, with a NUL next to each character.
  return text === null || text.includes('\0') ? decodeText(bytes, label) : text;
}

/**
 * The byte order mark of a document takes precedence over what is said of it (RFC 7303, 3.2; HTML standard, 13.2.3.2).
 */
function isMarkedUtf16({ type }: MediaType, [first, second]: Uint8Array): boolean {
  const isMark = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
  return isMark && kindOfMedia(type) === 'markup';
}

/**
 * JSON and event streams are always UTF-8, whatever the charset parameter says (RFC 8259, 8.1 and 11; HTML standard,
 * 9.2.5).
 */
function isAlwaysUtf8({ type }: MediaType): boolean {
  const kind = kindOfMedia(type);
  return kind === 'json' || kind === 'json-lines' || kind === 'events';
}

/** Some servers put single quotes around the charset, although HTTP does not define them. */
function charsetOf({ parameters }: MediaType): string | undefined {
  return parameters.get('charset')?.toLowerCase().replaceAll("'", '');
}

/** Within this many bytes a document declares its charset (HTML standard, 13.2.3.2). */
const PRESCANNED = 1024;

/**
 * The charset from an XML declaration (RFC 7303, 3.2) or an HTML `meta`, if the field declares none. Such a declaration
 * is never in UTF-16.
 */
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

/** Within itself, where its field does not. */
export const namesCharset = ({ mediaType, text }: Content) => saidWithin(mediaType, text ?? '') !== undefined;

/** Content that is given as text; its bytes are computed on demand. */
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

/**
 * Different bytes give different texts: nothing is replaced by U+FFFD, and a UTF-8 byte order mark stays in the text.
 */
function decodeText(bytes: Uint8Array, charset = 'utf-8'): string | null {
  try {
    const [label, content] = endianness(charset, bytes);
    return new TextDecoder(isCharset(label) ? label : 'utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Browsers ignore an unknown charset label. */
function isCharset(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** `utf-16` does not specify the byte order. The byte order mark does, and is then not part of the text. */
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
