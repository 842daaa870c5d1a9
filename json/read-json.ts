/**
 * Reads JSON that a person wrote, strictly: anything that a parser would silently drop, repair or replace is reported.
 */
import { type JsonDoc, keysOf, kindOf, type Node, pointerOf, ROOT, STRIDE, stringOf } from './document.ts';
import { tokenize } from './tokenizer.ts';

export type ReadJson =
  | { readonly ok: true; readonly value: unknown }
  /** `problem` follows the name of the file: `is not JSON: …`. */
  | { readonly ok: false; readonly problem: string };

/** Reads UTF-8, with or without a byte order mark. A repeated key in an object is a problem. */
export function readJson(bytes: Uint8Array): ReadJson {
  const text = textOf(bytes);
  if (!text.ok) return text;
  try {
    const value: unknown = JSON.parse(text.value);
    const twice = repeatedKey(text.value);
    return twice === null ? { ok: true, value } : { ok: false, problem: `has the key ${twice} twice` };
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error);
    return { ok: false, problem: text.value.trim() === '' ? 'is empty' : `is not JSON: ${reason}` };
  }
}

/** The text of a file without its byte order mark. */
export function textOf(bytes: Uint8Array): { readonly ok: true; readonly value: string } | (ReadJson & { ok: false }) {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { ok: false, problem: 'is UTF-16: save it as UTF-8' };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { ok: false, problem: 'is compressed (gzip): unpack it' };
  try {
    // Removes a byte order mark.
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // ASCII in UTF-16 without a byte order mark is also valid UTF-8, with a NUL in each character. Text that people
    // write contains no NUL.
    return value.includes('\0') ? { ok: false, problem: 'holds NUL bytes: save it as UTF-8' } : { ok: true, value };
  } catch {
    const before = new TextDecoder().decode(bytes).split('\u{fffd}', 1)[0] ?? '';
    const line = before.split('\n').length;
    return { ok: false, problem: `is not UTF-8 (line ${line}): was it saved as Latin-1?` };
  }
}

/** The first key that repeats within an object, with its place, such as `/gate/alpha`; null if there is none. */
function repeatedKey(text: string): string | null {
  const doc = tokenize(text);
  if (doc === undefined) return null;
  const key = firstRepeated(doc);
  return key === null ? null : pointerOf(doc, key + STRIDE);
}

function firstRepeated(doc: JsonDoc): Node | null {
  for (let node = ROOT; node < doc.tape.length; node += STRIDE) {
    if (kindOf(doc, node) !== 'object') continue;
    const seen = new Set<string>();
    for (const key of keysOf(doc, node)) {
      const name = stringOf(doc, key);
      if (seen.has(name)) return key;
      seen.add(name);
    }
  }
  return null;
}
