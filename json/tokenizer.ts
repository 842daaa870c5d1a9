/**
 * Splits a JSON text (RFC 8259) into tokens. Accepts exactly what JSON.parse accepts, in linear time, without
 * recursion.
 */
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  MINUS,
  NINE,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  ZERO,
} from './characters.ts';
import { type JsonDoc, type Node, STRIDE } from './document.ts';

/** Stands for a missing position. */
export const NONE = -1;

/**
 * The tokens of `text`; undefined if it is not JSON. Checks characters before calling functions, because most tokens
 * are not followed by white space, and V8 inlines only a limited amount.
 * @param begun a document whose first `shared` characters are the same as those of `text`; its tokens there are reused
 * @param room buffer for the tokens, if it is large enough
 */
export function tokenize(
  text: string,
  begun?: { readonly doc: JsonDoc; readonly shared: number },
  room = new Int32Array(STRIDE * (16 + (text.length >> 3))),
): JsonDoc | undefined {
  let tape = room;
  // The amount of white space within a part is unknown.
  let top = begun === undefined || begun.doc.spaces > 0 ? 0 : lastBegun(begun.doc, begun.shared);
  let spaces = 0;
  /** The innermost open container. While it is open, its third integer refers to its parent. */
  let open = NONE;
  let from = 0;
  if (begun !== undefined && top > 0) {
    while (tape.length < top) tape = grown(tape);
    tape.set(begun.doc.tape.subarray(0, top));
    open = reopened(tape, top);
    from = begun.doc.tape[top] ?? 0;
  }
  let inObject = open !== NONE && text.charCodeAt(tape[open] ?? 0) === OPEN_OBJECT;
  /** In an object, whether a key comes next. */
  let keyNext = inObject && text.charCodeAt(from - 1) !== COLON;

  for (let at = from; ; ) {
    let start = at;
    if (text.charCodeAt(at) <= SPACE) start = afterSpaces(text, at);
    spaces += start - at;
    if (start >= text.length) return undefined;
    if (top + STRIDE > tape.length) tape = grown(tape);
    const c = text.charCodeAt(start);
    tape[top] = start;
    if (!keyNext && (c === OPEN_OBJECT || c === OPEN_ARRAY)) {
      tape[top + 2] = open;
      open = top;
      top += STRIDE;
      inObject = c === OPEN_OBJECT;
      at = afterSpaces(text, start + 1);
      spaces += at - start - 1;
      if (at >= text.length) return undefined;
      keyNext = inObject;
      if (text.charCodeAt(at) !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) continue;
    } else {
      at = c === QUOTE ? afterString(text, start) : keyNext ? NONE : afterScalar(text, start, c);
      if (at === NONE) return undefined;
      tape[top + 1] = at;
      top += STRIDE;
      tape[top - 1] = top;
      if (keyNext) {
        let colon = at;
        if (text.charCodeAt(at) <= SPACE) colon = afterSpaces(text, at);
        spaces += colon - at;
        if (colon >= text.length || text.charCodeAt(colon) !== COLON) return undefined;
        at = colon + 1;
        keyNext = false;
        continue;
      }
    }
    for (;;) {
      if (open === NONE) return finished(text, tape.subarray(0, top), spaces, at);
      let mark = at;
      if (text.charCodeAt(at) <= SPACE) mark = afterSpaces(text, at);
      spaces += mark - at;
      if (mark >= text.length) return undefined;
      const close = text.charCodeAt(mark);
      at = mark + 1;
      if (close === COMMA) break;
      if (close !== (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return undefined;
      const parent: number = tape[open + 2] ?? NONE;
      tape[open + 1] = at;
      tape[open + 2] = top;
      open = parent;
      inObject = open !== NONE && text.charCodeAt(tape[open] ?? 0) === OPEN_OBJECT;
    }
    keyNext = inObject;
  }
}

/** If a text is only validated, nobody reads the tokens. */
const SCRATCH = new Int32Array(STRIDE * 1024);

export function isJson(text: string): boolean {
  return tokenize(text, undefined, SCRATCH) !== undefined;
}

/**
 * The last node that begins within the first `shared` characters. Everything before it is tokenized the same way,
 * whatever follows.
 */
function lastBegun({ tape }: JsonDoc, shared: number): Node {
  let [low, high] = [0, tape.length / STRIDE];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((tape[middle * STRIDE] ?? 0) < shared) low = middle;
    else high = middle;
  }
  return low * STRIDE;
}

/** Reopens the containers that end after the node `top`; returns the innermost one, or {@link NONE}. */
function reopened(tape: Int32Array, top: Node): Node {
  let open: Node = NONE;
  for (let node = 0; node < top; node += STRIDE) {
    if ((tape[node + 2] ?? 0) <= top) continue;
    tape[node + 2] = open;
    open = node;
  }
  return open;
}

function finished(text: string, tape: Int32Array, spaces: number, end: number): JsonDoc | undefined {
  return afterSpaces(text, end) === text.length ? { text, tape, spaces, end } : undefined;
}

export function afterSpaces(text: string, start: number): number {
  const length = text.length;
  let at = start;
  while (at < length) {
    const c = text.charCodeAt(at);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) break;
    at++;
  }
  return at;
}

function grown(tape: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(tape.length * 2);
  larger.set(tape);
  return larger;
}

/** @param quote position of the opening quotation mark @returns {@link NONE} if the string is invalid */
export function afterString(text: string, quote: number): number {
  const length = text.length;
  let at = quote + 1;
  while (at < length) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) return at + 1;
    if (c < 32) return NONE;
    if (c !== BACKSLASH) at++;
    else {
      at = afterEscape(text, at);
      if (at === NONE) return NONE;
    }
  }
  return NONE;
}

/** @param at position of a backslash */
function afterEscape(text: string, at: number): number {
  const c = text.charCodeAt(at + 1);
  if (c === SMALL_U) return unitOf(text, at + 2) === NONE ? NONE : at + 6;
  return SHORT_ESCAPES.has(c) ? at + 2 : NONE;
}

const SMALL_U = 117;
/** The characters of `"\/bfnrt`. */
const SHORT_ESCAPES: ReadonlySet<number> = new Set([34, 92, 47, 98, 102, 110, 114, 116]);

/** The value of four hexadecimal digits, or -1. */
export function unitOf(text: string, start: number): number {
  let unit = 0;
  for (let at = start; at < start + 4; at++) {
    const c = text.charCodeAt(at);
    const letter = c | 32;
    if (c >= ZERO && c <= NINE) unit = unit * 16 + c - ZERO;
    else if (letter >= 97 && letter <= 102) unit = unit * 16 + letter - 87;
    else return NONE;
  }
  return unit;
}

function afterScalar(text: string, at: number, c: number): number {
  return c === MINUS || (c >= ZERO && c <= NINE) ? afterNumber(text, at) : afterWord(text, at, c);
}

function afterWord(text: string, at: number, c: number): number {
  const word = c === 116 ? 'true' : c === 102 ? 'false' : 'null';
  return text.startsWith(word, at) ? at + word.length : NONE;
}

/** Returns {@link NONE} if no number begins at `start`. */
export function afterNumber(text: string, start: number): number {
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start;
  const whole = at;
  at = afterDigits(text, at);
  if (at === NONE || (at - whole > 1 && text.charCodeAt(whole) === ZERO)) return NONE;
  if (text.charCodeAt(at) === 46) {
    at = afterDigits(text, at + 1);
    if (at === NONE) return NONE;
  }
  const e = text.charCodeAt(at);
  if (e !== 69 && e !== 101) return at;
  const sign = text.charCodeAt(at + 1);
  return afterDigits(text, sign === 43 || sign === MINUS ? at + 2 : at + 1);
}

/** At least one digit. */
function afterDigits(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c < ZERO || c > NINE) break;
    at++;
  }
  return at === start ? NONE : at;
}
