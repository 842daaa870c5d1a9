/** Pairs the members of two objects by name. If a name repeats, the last occurrences are paired. */
import { after, endOf, type JsonDoc, type Node, rawOf, STRIDE, startOf, stringOf } from './document.ts';

export interface MemberPairs {
  /** Key nodes, in the order of the first object. */
  readonly both: readonly (readonly [Node, Node])[];
  readonly onlyA: readonly Node[];
  readonly onlyB: readonly Node[];
}

export function pairMembers(a: JsonDoc, keysA: readonly Node[], b: JsonDoc, keysB: readonly Node[]): MemberPairs {
  const named = new Map<string, Node[]>();
  for (const key of keysB) {
    const name = stringOf(b, key);
    const same = named.get(name);
    if (same === undefined) named.set(name, [key]);
    else same.push(key);
  }
  const both: (readonly [Node, Node])[] = [];
  const onlyA: Node[] = [];
  for (const key of keysA.toReversed()) {
    const partner = named.get(stringOf(a, key))?.pop();
    if (partner === undefined) onlyA.push(key);
    else both.push([key, partner]);
  }
  const onlyB = [...named.values()].flat().sort((x, y) => x - y);
  return { both: both.reverse(), onlyA: onlyA.reverse(), onlyB };
}

/** Whether two tokens have the same text. */
export function sameToken(a: JsonDoc, x: Node, b: JsonDoc, y: Node): boolean {
  const start = startOf(a, x);
  const other = startOf(b, y);
  const length = endOf(a, x) - start;
  if (endOf(b, y) - other !== length) return false;
  if (length > LONG) return rawOf(a, x) === rawOf(b, y);
  const { text } = a;
  const { text: otherText } = b;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(start + i) !== otherText.charCodeAt(other + i)) return false;
  }
  return true;
}

/** Whether a member from `first` on and before `key` has the same name with the same spelling. */
export function isRepeated(doc: JsonDoc, key: Node, first: Node): boolean {
  for (let other = first; other < key; other = after(doc, other + STRIDE))
    if (sameToken(doc, key, doc, other)) return true;
  return false;
}

/** From this length on, comparing two slices, which costs two objects, is faster than a loop. */
const LONG = 40;
