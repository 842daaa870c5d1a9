/** Represents values that JSON cannot express, as texts with a prefix that no other text has. */

/** Prefix of a text that would otherwise be mistaken for one of the others. */
const MARK = 'text:';
const LOOKS_MARKED = /^(?:text:|base64:|32:|64:|key |NaN$|-?Infinity$)/;

export function wordOfText(text: string): string {
  return JSON.stringify(LOOKS_MARKED.test(text) ? `${MARK}${text}` : text);
}

export function wordOfNumber(value: number | bigint): string {
  return typeof value === 'bigint' || Number.isFinite(value) ? String(value) : `"${value}"`;
}

export function wordOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `"base64:${btoa(text)}"`;
}

/** Name of a member, given the JSON of its key. A key that is not a text differs from the text of the same spelling. */
export const nameOfKey = (key: string) => (key.startsWith('"') ? key : JSON.stringify(`key ${key}`));

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Calling the decoder costs as much as this many characters. */
const SHORT = 24;

/** Returns null if the bytes are not UTF-8. */
export function utf8(bytes: Uint8Array): string | null {
  if (bytes.length <= SHORT) {
    let text = '';
    for (const byte of bytes) {
      if (byte >= 0x80) return decoded(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decoded(bytes);
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes that are declared as text, whether they are valid or not. */
export const wordOfUtf8 = (bytes: Uint8Array) => {
  const text = utf8(bytes);
  return text === null ? wordOfBytes(bytes) : wordOfText(text);
};
