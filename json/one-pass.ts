/**
 * Whether a text is equivalent to a document, in one pass over the text without tokenizing it: text that is written
 * like the document is read by comparing it. Gives up if that does not decide it, and never says yes if {@link
 * SameMeaning} says no.
 */
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
} from './characters.ts';
import { after, endOf, firstCharOf, type JsonDoc, type Node, ROOT, rawOf, STRIDE, startOf } from './document.ts';
import { FEW, MAX_DEPTH } from './equivalence.ts';
import { isRepeated } from './members.ts';
import { type Notation, numberWriting, type Spacing, stringWriting } from './notation.ts';
import { afterNumber, afterSpaces, afterString, NONE } from './tokenizer.ts';

/** A value that both have in different notation: the node of the document, and its position in the text. */
export interface Retold {
  readonly cause: Notation;
  readonly node: Node;
  readonly raw: string;
}

/**
 * The text's differences in notation, the first of each kind, and its white space; null if the text has other content
 * or that is undecided.
 */
export function retelling(doc: JsonDoc, text: string): { notes: readonly Retold[]; spacing: Spacing } | null {
  return new OnePass(doc, text).read();
}

interface Noted {
  readonly cause: Notation;
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

class OnePass {
  readonly #doc: JsonDoc;
  readonly #text: string;
  readonly #notes = new Map<Notation, Noted>();
  #spaces = 0;
  /** Keys of the document's open objects whose order differs in the text, those of the innermost object last. */
  readonly #keys: Node[] = [];
  /** How many of them are in use, because shortening an array costs more than everything else that is done with it. */
  #keyed = 0;
  /** For each number of keys, the position of each key in the document the last time that the orders differed. */
  readonly #orders: number[][] = [];
  /** Only with escapes can keys with different spelling have the same name. */
  readonly #escapes: boolean;
  /**
   * Total length of long tokens and containers that were compared and differed: each container around a difference is
   * read up to it.
   */
  #vain = 0;
  /** Whether the document contains no white space, so that equal text contains none either. */
  readonly #compact: boolean;

  constructor(doc: JsonDoc, text: string) {
    this.#doc = doc;
    this.#text = text;
    this.#escapes = doc.text.includes('\\');
    this.#compact = doc.spaces === 0;
  }

  read(): { notes: readonly Retold[]; spacing: Spacing } | null {
    const text = this.#text;
    const end = this.#value(ROOT, 0, 0);
    if (end === NONE || afterSpaces(text, end) !== text.length) return null;
    const notes = [...this.#notes.values()]
      .sort((x, y) => this.#order(x.node, y.node))
      .map(({ cause, node, start, end: stop }) => ({ cause, node, raw: text.slice(start, stop) }));
    return { notes, spacing: { text, end, spaces: this.#spaces } };
  }

  /** Offset after the value at `from`, skipping white space, if it is equivalent to `node`; otherwise {@link NONE}. */
  #value(node: Node, from: number, depth: number): number {
    const doc = this.#doc;
    const text = this.#text;
    const c = firstCharOf(doc, node);
    let at = from;
    if (text.charCodeAt(at) !== c) {
      at = this.#spaced(from);
      if (at === from || text.charCodeAt(at) !== c) return NONE;
    }
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      if (this.#compact && this.#vain < MOST_IN_VAIN * text.length) {
        const end = this.#echoed(node, at);
        if (end !== NONE) return end;
      }
      if (depth >= MAX_DEPTH) return NONE;
      return c === OPEN_OBJECT ? this.#object(node, at, depth + 1) : this.#array(node, at, depth + 1);
    }
    const end = this.#echoed(node, at);
    if (c === QUOTE) return end === NONE ? this.#string(node, at) : end;
    if (end !== NONE && !isOfNumber(text.charCodeAt(end))) return end;
    return this.#number(node, at);
  }

  /** Offset after the token of `node` if it occurs unchanged at `at`. */
  #echoed(node: Node, at: number): number {
    const { text } = this.#doc;
    const other = this.#text;
    const start = startOf(this.#doc, node);
    const length = endOf(this.#doc, node) - start;
    const looked = length > LONG ? LONG : length;
    for (let i = 0; i < looked; i++) if (other.charCodeAt(at + i) !== text.charCodeAt(start + i)) return NONE;
    if (looked === length || other.startsWith(rawOf(this.#doc, node), at)) return at + length;
    this.#vain += length;
    return NONE;
  }

  /**
   * Unless the document has escapes, a different spelling in the text begins with one, so the part before it need not
   * be read twice.
   */
  #string(node: Node, at: number): number {
    const { text } = this.#doc;
    const start = startOf(this.#doc, node);
    let same = 1;
    if (!this.#escapes) {
      while (this.#text.charCodeAt(at + same) === text.charCodeAt(start + same)) same++;
      if (this.#text.charCodeAt(at + same) !== BACKSLASH) return NONE;
    }
    const end = afterString(this.#text, at + same - 1);
    if (end === NONE) return NONE;
    const cause = stringWriting(text, start + same, endOf(this.#doc, node), this.#text, at + same, end);
    return this.#noted(cause, node, at, end);
  }

  #number(node: Node, at: number): number {
    const end = afterNumber(this.#text, at);
    if (end === NONE) return NONE;
    return this.#noted(numberWriting(rawOf(this.#doc, node), this.#text.slice(at, end)), node, at, end);
  }

  #noted(cause: Notation | null, node: Node, start: number, end: number): number {
    if (cause === null) return NONE;
    const known = this.#notes.get(cause);
    if (known === undefined || this.#order(node, known.node) < 0) this.#notes.set(cause, { cause, node, start, end });
    return end;
  }

  /** Nodes that end earlier in the document come first; of nodes with the same end, the innermost. */
  #order(x: Node, y: Node): number {
    return after(this.#doc, x) - after(this.#doc, y) || y - x;
  }

  #array(array: Node, start: number, depth: number): number {
    const end = after(this.#doc, array);
    let element = array + STRIDE;
    if (element >= end) return this.#closed(start + 1, CLOSE_ARRAY);
    for (let at = start + 1; ; at++) {
      at = this.#value(element, at, depth);
      if (at === NONE) return NONE;
      element = after(this.#doc, element);
      if (element >= end) return this.#closed(at, CLOSE_ARRAY);
      if (this.#text.charCodeAt(at) !== COMMA) at = this.#spaced(at);
      if (this.#text.charCodeAt(at) !== COMMA) return NONE;
    }
  }

  /** While keys are in the same order, no lookup is necessary. */
  #object(object: Node, start: number, depth: number): number {
    const end = after(this.#doc, object);
    let key = object + STRIDE;
    if (key >= end) return this.#closed(start + 1, CLOSE_OBJECT);
    for (let at = start + 1; ; at++) {
      at = this.#spaced(at);
      const colon = this.#echoed(key, at);
      if (colon === NONE) return this.#reordered(object, key, start, at, depth);
      at = this.#member(key, colon, depth);
      if (at === NONE) return NONE;
      key = after(this.#doc, key + STRIDE);
      if (key >= end) return this.#closed(at, CLOSE_OBJECT);
      if (this.#text.charCodeAt(at) !== COMMA) at = this.#spaced(at);
      if (this.#text.charCodeAt(at) !== COMMA) return NONE;
    }
  }

  /** Compares from the end of the key to the end of the value. */
  #member(key: Node, end: number, depth: number): number {
    let colon = end;
    if (this.#text.charCodeAt(colon) !== COLON) colon = this.#spaced(colon);
    return this.#text.charCodeAt(colon) === COLON ? this.#value(key + STRIDE, colon + 1, depth) : NONE;
  }

  #closed(from: number, bracket: number): number {
    const at = this.#spaced(from);
    return this.#text.charCodeAt(at) === bracket ? at + 1 : NONE;
  }

  /**
   * The members of `object` from `first` on, which the text, from `at` on, has in another order. Objects of one array
   * have the same keys in the same orders, so each is looked for first where it was the last time.
   */
  #reordered(object: Node, first: Node, start: number, at: number, depth: number): number {
    const base = this.#keyed;
    const stop = this.#areNamesOfTheirOwn(first, after(this.#doc, object)) ? this.#looked(base, at, depth) : NONE;
    this.#keyed = base;
    return stop === NONE ? NONE : this.#noted('key-order', object, start, stop);
  }

  #looked(base: number, start: number, depth: number): number {
    const count = this.#keyed - base;
    const order = this.#orders[count] ?? [];
    this.#orders[count] = order;
    let used = 0;
    let at = start;
    for (let i = 0; ; at++) {
      at = this.#spaced(at);
      let j = order[i] ?? 0;
      let key = this.#keys[base + j] ?? 0;
      let colon = (used >> j) & 1 ? NONE : this.#echoed(key, at);
      for (let tried = 1; colon === NONE; tried++) {
        if (tried === count) return NONE;
        j = j + 1 === count ? 0 : j + 1;
        key = this.#keys[base + j] ?? 0;
        if (((used >> j) & 1) === 0) colon = this.#echoed(key, at);
      }
      used |= 1 << j;
      order[i++] = j;
      at = this.#member(key, colon, depth);
      if (at === NONE) return NONE;
      if (i === count) return this.#closed(at, CLOSE_OBJECT);
      if (this.#text.charCodeAt(at) !== COMMA) at = this.#spaced(at);
      if (this.#text.charCodeAt(at) !== COMMA) return NONE;
    }
  }

  /** Adds the keys from `first` on, if they are few enough for a mask and their names are distinct. */
  #areNamesOfTheirOwn(first: Node, end: Node): boolean {
    const doc = this.#doc;
    const most = this.#keyed + FEW;
    let seen = 0;
    for (let key = first; key < end; key = after(doc, key + STRIDE)) {
      if (this.#keyed === most) return false;
      if (this.#escapes && rawOf(doc, key).includes('\\')) return false;
      const start = startOf(doc, key);
      const mark = 1 << (endOf(doc, key) - start + 7 * doc.text.charCodeAt(start + 2));
      if ((seen & mark) !== 0 && isRepeated(doc, key, first)) return false;
      seen |= mark;
      this.#keys[this.#keyed++] = key;
    }
    return true;
  }

  #spaced(at: number): number {
    if (this.#text.charCodeAt(at) > SPACE) return at;
    const end = afterSpaces(this.#text, at);
    this.#spaces += end - at;
    return end;
  }
}

/** In multiples of the text's length: containers are compared as a whole until this much was read in vain. */
const MOST_IN_VAIN = 8;

/** From this length on, comparing a slice, which costs an object, is faster than a loop. */
const LONG = 40;

/** A digit, a decimal point or an exponent, which continues a number. */
function isOfNumber(c: number): boolean {
  return (c >= 48 && c <= 57) || c === 46 || c === 69 || c === 101;
}
