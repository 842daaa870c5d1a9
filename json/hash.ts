/**
 * A hash of the meaning of a JSON value: equivalent values have equal hashes, whatever their key order, escapes or
 * number format.
 */

import { canonicalNumber, decimalOf } from './decimal.ts';
import {
  after,
  elementsOf,
  type JsonDoc,
  keysOf,
  kindOf,
  type Node,
  rawOf,
  STRIDE,
  startOf,
  stringOf,
} from './document.ts';
import { MAX_DEPTH } from './equivalence.ts';

/**
 * Caches the hashes of containers, so that computing the hash of a node and of all nodes within it takes linear time in
 * total.
 */
export class JsonHashes {
  readonly doc: JsonDoc;
  readonly #known = new Map<Node, number>();

  constructor(doc: JsonDoc) {
    this.doc = doc;
  }

  /** 32 bits. @param depth of the node */
  of(node: Node, depth: number): number {
    const { doc } = this;
    switch (kindOf(doc, node)) {
      case 'object':
      case 'array':
        return this.#container(node, depth);
      case 'string':
        return textHash(stringOf(doc, node), 1);
      case 'number':
        return numberHash(rawOf(doc, node));
      default:
        return textHash(rawOf(doc, node), 3);
    }
  }

  #container(node: Node, depth: number): number {
    const { doc } = this;
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    let hash = doc.text.charCodeAt(startOf(doc, node));
    if (depth >= MAX_DEPTH) hash = textHash(rawOf(doc, node), 4);
    else if (kindOf(doc, node) === 'array') {
      for (const element of elementsOf(doc, node)) hash = mix(hash, this.of(element, depth + 1));
    } else {
      for (const key of keysOf(doc, node)) {
        hash = (hash + mix(textHash(stringOf(doc, key), 5), this.of(key + STRIDE, depth + 1))) | 0;
      }
    }
    hash = mix(hash, after(doc, node) - node);
    this.#known.set(node, hash);
    return hash;
  }
}

/** Combines the double, which is the same for equal numbers, with the digits that a double may not represent. */
function numberHash(raw: string): number {
  const hash = textHash(String(Number(raw)), 2);
  if (raw.length <= DIGITS_OF_A_DOUBLE) return hash;
  const decimal = decimalOf(raw);
  return decimal === null || decimal.digits.length <= DIGITS_OF_A_DOUBLE ? hash : textHash(canonicalNumber(raw), hash);
}

const DIGITS_OF_A_DOUBLE = 15;

function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length);
}

function mix(hash: number, next: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(next, 0x85ebca6b), 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  return mixed | 0;
}
