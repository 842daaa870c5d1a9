/** Whether two JSON values are equivalent, in one pass, without decoding equal text. Each pair is compared once. */
import { OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './characters.ts';
import { after, endOf, firstCharOf, type JsonDoc, keysOf, type Node, rawOf, STRIDE, startOf } from './document.ts';
import { isRepeated, pairMembers, sameToken } from './members.ts';
import { numberWriting, stringWriting, WritingNotes } from './notation.ts';

/** Values that are nested more deeply are compared by their text. */
export const MAX_DEPTH = 512;

/** Objects with more members are matched with a map of their names. */
export const FEW = 31;

export class SameMeaning {
  readonly a: JsonDoc;
  readonly b: JsonDoc;
  /** Differences in notation between equivalent values. */
  readonly writing = new WritingNotes();
  /**
   * For each container of `a`: 1 + the equivalent container of `b` with the same notation, or the negative of that if
   * the notation differs; 0 if unknown. A pair with different notation is compared again, because its notes were
   * dropped with those of an enclosing container.
   */
  readonly #known: Int32Array;
  /** Keys of `b` without a partner so far, those of the innermost object last. */
  readonly #partners: Node[] = [];
  /** For each number of keys, the position of each partner the last time that the orders differed. */
  readonly #orders: number[][] = [];
  /** Lengths of the common beginning and of the common end of both texts. */
  readonly #prefix: number;
  readonly #suffix: number;
  /** Only with escapes can keys with different spelling have the same name. */
  readonly #escapes: boolean;

  constructor(a: JsonDoc, b: JsonDoc, { prefix, suffix }: SharedEnds = sharedEnds(a.text, b.text)) {
    this.a = a;
    this.b = b;
    this.#known = new Int32Array(a.tape.length / STRIDE);
    [this.#prefix, this.#suffix] = [prefix, suffix];
    this.#escapes = a.text.includes('\\');
  }

  /** Whether `x` and `y` are equivalent. @param depth of both; 0 for the root */
  same(x: Node, y: Node, depth: number): boolean {
    const c = firstCharOf(this.a, x);
    const d = firstCharOf(this.b, y);
    if (c === QUOTE) return c === d && (sameToken(this.a, x, this.b, y) || this.#strings(x, y));
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) return c === d && this.#containers(x, y, depth, c === OPEN_OBJECT);
    if (isNumeric(c) && isNumeric(d)) return this.#numbers(x, y);
    return c === d;
  }

  /** Whether both are at the same position in the common part of the texts. */
  #shared(x: Node, y: Node): boolean {
    const { a, b } = this;
    const start = startOf(a, x);
    const end = endOf(a, x);
    const otherStart = startOf(b, y);
    const otherEnd = endOf(b, y);
    if (start === otherStart && end === otherEnd && end <= this.#prefix) return true;
    const shift = b.text.length - a.text.length;
    return start + shift === otherStart && end + shift === otherEnd && start >= a.text.length - this.#suffix;
  }

  #strings(x: Node, y: Node): boolean {
    const { a, b } = this;
    return this.#noted(stringWriting(a.text, startOf(a, x), endOf(a, x), b.text, startOf(b, y), endOf(b, y)), x, y);
  }

  #numbers(x: Node, y: Node): boolean {
    if (sameToken(this.a, x, this.b, y)) return true;
    return this.#noted(numberWriting(rawOf(this.a, x), rawOf(this.b, y)), x, y);
  }

  #noted(cause: ReturnType<typeof numberWriting>, x: Node, y: Node): boolean {
    if (cause !== null) this.writing.add(cause, x, y);
    return cause !== null;
  }

  #containers(x: Node, y: Node, depth: number, objects: boolean): boolean {
    if (this.#shared(x, y)) return true;
    const known = this.#known[x / STRIDE];
    if (known === y + 1) return true;
    if (known === -(y + 1)) return false;
    const { writing } = this;
    const { asked } = writing;
    const noted = writing.list.length;
    const same =
      depth >= MAX_DEPTH
        ? rawOf(this.a, x) === rawOf(this.b, y)
        : objects
          ? this.#objects(x, y, depth + 1)
          : this.#arrays(x, y, depth + 1);
    if (!same) writing.list.length = noted;
    if (!same) this.#known[x / STRIDE] = -(y + 1);
    else if (writing.asked === asked) this.#known[x / STRIDE] = y + 1;
    return same;
  }

  #arrays(x: Node, y: Node, depth: number): boolean {
    const endA = after(this.a, x);
    const endB = after(this.b, y);
    let p = x + STRIDE;
    let q = y + STRIDE;
    while (p < endA && q < endB) {
      if (!this.same(p, q, depth)) return false;
      p = after(this.a, p);
      q = after(this.b, q);
    }
    return p >= endA && q >= endB;
  }

  /** While keys are in the same order, no lookup is necessary. */
  #objects(x: Node, y: Node, depth: number): boolean {
    const { a, b } = this;
    const endA = after(a, x);
    const endB = after(b, y);
    let p = x + STRIDE;
    let q = y + STRIDE;
    while (p < endA && q < endB && sameToken(a, p, b, q)) {
      if (!this.same(p + STRIDE, q + STRIDE, depth)) return false;
      p = after(a, p + STRIDE);
      q = after(b, q + STRIDE);
    }
    if (p >= endA || q >= endB) return p >= endA && q >= endB;
    const base = this.#partners.length;
    for (let key = q; key < endB; key = after(b, key + STRIDE)) this.#partners.push(key);
    const few = this.#partners.length - base <= FEW;
    const looked = few ? this.#looked(p, endA, base, depth) : null;
    if (looked === true) this.writing.add('key-order', x, y);
    const same = looked ?? this.#named(x, y, depth);
    this.#partners.length = base;
    return same;
  }

  /**
   * The members from `p` on against those of {@link #partners} from `base` on. Objects of one array have the same keys
   * in the same orders, so each partner is looked for first where it was the last time. null where a key stands twice,
   * is escaped or has no partner of the same text: then names must be compared.
   */
  #looked(p: Node, end: Node, base: number, depth: number): boolean | null {
    const { a, b } = this;
    const partners = this.#partners;
    const count = partners.length - base;
    const order = this.#orders[count] ?? [];
    this.#orders[count] = order;
    let used = 0;
    let seen = 0;
    let i = 0;
    for (let key = p; key < end; key = after(a, key + STRIDE)) {
      if (i === count) return false;
      const start = startOf(a, key);
      const mark = 1 << (endOf(a, key) - start + 7 * a.text.charCodeAt(start + 2));
      if ((seen & mark) !== 0 && isRepeated(a, key, p)) return null;
      if (this.#escapes && rawOf(a, key).includes('\\')) return null;
      seen |= mark;
      let j = order[i] ?? 0;
      let tried = 0;
      while ((used >> j) & 1 || !sameToken(a, key, b, partners[base + j] ?? 0)) {
        if (++tried === count) return null;
        j = j + 1 === count ? 0 : j + 1;
      }
      used |= 1 << j;
      order[i++] = j;
      if (!this.same(key + STRIDE, (partners[base + j] ?? 0) + STRIDE, depth)) return false;
    }
    return i === count;
  }

  /** Whether the keys of both objects have the same spelling and order. */
  sameKeys(x: Node, y: Node): boolean {
    const { a, b } = this;
    const endA = after(a, x);
    const endB = after(b, y);
    let p = x + STRIDE;
    let q = y + STRIDE;
    while (p < endA && q < endB && sameToken(a, p, b, q)) {
      p = after(a, p + STRIDE);
      q = after(b, q + STRIDE);
    }
    return p >= endA && q >= endB;
  }

  /** Compares by the decoded names of the keys. */
  #named(x: Node, y: Node, depth: number): boolean {
    const { both, onlyA, onlyB } = pairMembers(this.a, keysOf(this.a, x), this.b, keysOf(this.b, y));
    if (onlyA.length > 0 || onlyB.length > 0) return false;
    this.noteKeys(both, x, y);
    return both.every(([key, partner]) => this.same(key + STRIDE, partner + STRIDE, depth));
  }

  /** Notes keys of two objects that have another order or other escapes. */
  noteKeys(pairs: readonly (readonly [Node, Node])[], x: Node, y: Node): void {
    let last = 0;
    for (const [key, partner] of pairs) {
      if (partner < last) this.writing.add('key-order', x, y);
      last = partner;
      if (!sameToken(this.a, key, this.b, partner)) this.#strings(key, partner);
    }
  }
}

function isNumeric(c: number): boolean {
  return c === 45 || (c >= 48 && c <= 57);
}

/** Lengths of the common beginning and the common end of two texts. */
export interface SharedEnds {
  readonly prefix: number;
  readonly suffix: number;
}

export function sharedEnds(a: string, b: string): SharedEnds {
  return { prefix: commonPrefix(a, b), suffix: commonSuffix(a, b) };
}

/** Slices are compared by machine words, but cost an object each. */
const BLOCKS = [2048, 256, 32];

function commonPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  for (const block of BLOCKS) {
    while (at + block <= length && a.slice(at, at + block) === b.slice(at, at + block)) at += block;
  }
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function commonSuffix(a: string, b: string): number {
  const [m, n] = [a.length, b.length];
  const length = Math.min(m, n);
  let at = 0;
  for (const block of BLOCKS) {
    while (at + block <= length && a.slice(m - at - block, m - at) === b.slice(n - at - block, n - at)) at += block;
  }
  while (at < length && a.charCodeAt(m - at - 1) === b.charCodeAt(n - at - 1)) at++;
  return at;
}
