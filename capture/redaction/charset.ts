/** Reads the bytes of a body as text and writes them back, keeping every byte that is not part of a secret. */
import { isUtf8 } from 'node:buffer';

export interface Charset {
  decode(bytes: Uint8Array): string;
  encode(text: string): Buffer;
  /** Two bytes per character, so single-byte text does not use it. */
  readonly wide?: true;
}

const UTF8: Charset = {
  decode: (bytes) => bufferOf(bytes).toString('utf8'),
  encode: (text) => Buffer.from(text, 'utf8'),
};
/** Keeps every byte. ASCII is readable whatever the other bytes mean (ISO 8859, Windows code pages, Shift JIS, GBK). */
const BYTES: Charset = {
  decode: (bytes) => bufferOf(bytes).toString('latin1'),
  encode: (text) => Buffer.from(text, 'latin1'),
};
const UTF16LE: Charset = {
  decode: (bytes) => bufferOf(bytes).toString('utf16le'),
  encode: (text) => Buffer.from(text, 'utf16le'),
  wide: true,
};
const UTF16BE: Charset = {
  decode: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
  encode: (text) => Buffer.from(text, 'utf16le').swap16(),
  wide: true,
};
/** Charsets in which ASCII is not readable. */
const UNREADABLE = /^(?:utf-?7|utf-?32|ucs-?4|ibm|cp0?37|cp1047|ebcdic)/;

/** `binary`: not text, or not readable as text; null: text in a charset that is not supported. */
export function charsetOf(bytes: Uint8Array, declared: string | undefined): Charset | 'binary' | null {
  const label = declared?.toLowerCase() ?? '';
  if (UNREADABLE.test(label)) return null;
  const wide = utf16Of(bytes, label);
  if (wide !== null) return bytes.length % 2 === 0 ? wide : null;
  const buffer = bufferOf(bytes);
  if (isUtf8(buffer)) return UTF8;
  return buffer.includes(0) ? 'binary' : BYTES;
}

function utf16Of(bytes: Uint8Array, label: string): Charset | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return UTF16LE;
  if (a === 0xfe && b === 0xff) return UTF16BE;
  if (label.startsWith('utf-16be')) return UTF16BE;
  if (label.startsWith('utf-16') || label.startsWith('ucs-2')) return a === 0 ? UTF16BE : UTF16LE;
  // Two ASCII characters in UTF-16 without a byte order mark.
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return UTF16LE;
  return a === 0 && b !== 0 && c === 0 && d !== 0 && d !== undefined ? UTF16BE : null;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
