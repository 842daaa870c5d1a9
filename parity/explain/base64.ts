/**
 * Bytes in JSON: base64 in its alphabets, Node's Buffer object, or an array of byte values. Texts are compared without
 * decoding.
 */
import { elementsOf, type JsonDoc, keysOf, kindOf, memberOf, type Node, rawOf, stringOf } from '../../json/index.ts';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The same text for the same bytes; null if the text is not base64. */
export function canonicalBase64(text: string): string | null {
  if (!BASE64.test(text)) return null;
  return text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', '');
}

/**
 * Whether both texts encode the same bytes in different alphabets or with different padding. Ordinary words do not
 * count, whatever separates them.
 */
export function isOtherBase64(a: string, b: string): boolean {
  if (a.length < 4 || Math.abs(a.length - b.length) > 2) return false;
  const isPadded = (text: string) => text.endsWith('=') && text.length % 4 === 0;
  const isMixed = /[a-z]/.test(a) && /[A-Z]/.test(a) && /\d/.test(a);
  const isWords = /^[a-z\d]+(?:[-_+/][a-z\d]+)*$/i.test(a);
  if (isWords && !isMixed && !isPadded(a) && !isPadded(b)) return false;
  const canonical = canonicalBase64(a);
  return canonical !== null && canonical === canonicalBase64(b);
}

/** The bytes of `{"type":"Buffer","data":[…]}`; null for any other value. */
export function bufferBytes(doc: JsonDoc, node: Node): number[] | null {
  if (kindOf(doc, node) !== 'object' || keysOf(doc, node).length !== 2) return null;
  const [type, data] = [memberOf(doc, node, 'type'), memberOf(doc, node, 'data')];
  if (type === undefined || data === undefined || rawOf(doc, type) !== '"Buffer"') return null;
  return arrayBytes(doc, data);
}

/** The elements of an array of integers from 0 to 255; null for any other value. */
export function arrayBytes(doc: JsonDoc, node: Node): number[] | null {
  if (kindOf(doc, node) !== 'array') return null;
  const raw = elementsOf(doc, node).map((element) => rawOf(doc, element));
  return raw.every((text) => /^\d{1,3}$/.test(text) && Number(text) < 256) ? raw.map(Number) : null;
}

/** Whether a string node is the base64 of `bytes`, in any alphabet. */
export function isBase64Of(doc: JsonDoc, node: Node, bytes: readonly number[]): boolean {
  return canonicalBase64(stringOf(doc, node)) === encode(bytes);
}

/** Whether the text is base64 of that many bytes. */
export function isBase64OfLength(text: string, bytes: number): boolean {
  const canonical = canonicalBase64(text);
  return canonical !== null && Math.floor((canonical.length * 6) / 8) === bytes;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard alphabet, without padding. */
function encode(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [x = 0, y = 0, z = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const group = (x << 16) | (y << 8) | z;
    const length = Math.min(4, bytes.length - i + 1);
    for (let j = 0; j < length; j++) text += ALPHABET.charAt((group >> (18 - 6 * j)) & 63);
  }
  return text;
}
