/** A JSON text as it is: its tokens by position. Nothing is decoded, so nothing is rounded, merged or reordered. */
import { pointerStep } from '../http/index.ts';

/** A valid JSON text with its nodes in text order (three integers each, see {@link tokenize}). */
export interface JsonDoc {
  readonly text: string;
  readonly tape: Int32Array;
  /** The number of insignificant white-space characters before the end of the root. */
  readonly spaces: number;
  /** Offset after the root. */
  readonly end: number;
}

/** A node, as an index into the tape; the root is 0. The members of an object are key, value, key, value… */
export type Node = number;

export const ROOT: Node = 0;
/** Integers on the tape per node: offset of its text, offset after it, and the node after it and its content. */
export const STRIDE = 3;

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export function startOf({ tape }: JsonDoc, node: Node): number {
  return tape[node] ?? 0;
}

export function endOf({ tape }: JsonDoc, node: Node): number {
  return tape[node + 1] ?? 0;
}

/** The node after `node` and its content; after the last element or member, the node after the container. */
export function after({ tape }: JsonDoc, node: Node): Node {
  return tape[node + 2] ?? 0;
}

export function rawOf(doc: JsonDoc, node: Node): string {
  return doc.text.slice(startOf(doc, node), endOf(doc, node));
}

export function firstCharOf(doc: JsonDoc, node: Node): number {
  return doc.text.charCodeAt(startOf(doc, node));
}

const KINDS: Readonly<Record<string, JsonKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'boolean',
  f: 'boolean',
  n: 'null',
};

export function kindOf(doc: JsonDoc, node: Node): JsonKind {
  return kindOfToken(doc.text.charAt(startOf(doc, node)));
}

/** The kind of a token, given its first character. */
export function kindOfToken(first: string): JsonKind {
  return KINDS[first] ?? 'number';
}

/** The content of a string or key, with escapes decoded. */
export function stringOf(doc: JsonDoc, node: Node): string {
  return decodeString(rawOf(doc, node));
}

/** @param raw a valid string token with its quotes */
export function decodeString(raw: string): string {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  const text: unknown = JSON.parse(raw);
  return typeof text === 'string' ? text : '';
}

export function isEmpty(doc: JsonDoc, container: Node): boolean {
  return after(doc, container) === container + STRIDE;
}

/** The nodes of an array's elements. */
export function elementsOf(doc: JsonDoc, array: Node): Node[] {
  const elements: Node[] = [];
  const end = after(doc, array);
  for (let node = array + STRIDE; node < end; node = after(doc, node)) elements.push(node);
  return elements;
}

/** The nodes of an object's keys; the value of a key is the next node. */
export function keysOf(doc: JsonDoc, object: Node): Node[] {
  const keys: Node[] = [];
  const end = after(doc, object);
  for (let key = object + STRIDE; key < end; key = after(doc, key + STRIDE)) keys.push(key);
  return keys;
}

/** The value of the first member with the given name. */
export function memberOf(doc: JsonDoc, object: Node, name: string): Node | undefined {
  const end = after(doc, object);
  for (let key = object + STRIDE; key < end; key = after(doc, key + STRIDE)) {
    if (stringOf(doc, key) === name) return key + STRIDE;
  }
  return undefined;
}

/** The JSON pointer of `target`; for a key, that of its value. Takes time linear in the document. */
export function pointerOf(doc: JsonDoc, target: Node): string {
  let pointer = '';
  let at: Node = ROOT;
  while (at !== target) {
    const inObject = kindOf(doc, at) === 'object';
    let child = at + STRIDE;
    for (let index = 0; ; index++) {
      const value = inObject ? child + STRIDE : child;
      const next = after(doc, value);
      if (target < next) {
        pointer += inObject ? pointerStep(stringOf(doc, child)) : `/${index}`;
        if (target === child) return pointer;
        at = value;
        break;
      }
      child = next;
    }
  }
  return pointer;
}
