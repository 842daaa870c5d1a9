/** A number for each element of two arrays by which they are aligned: by an id that it has, or by all that it says. */
import { endOf, type JsonDoc, type JsonHashes, kindOf, memberOf, type Node, startOf } from '../../../json/index.ts';

/** Members that usually tell elements of an array apart, the surest first. */
const IDENTITIES = ['id', '_id', 'uuid', 'key', 'code', 'name'];
/** An id that is longer is none. */
const MAX_ID = 200;

export interface Elements {
  readonly hashes: JsonHashes;
  readonly nodes: readonly Node[];
  /** That of the elements. */
  readonly depth: number;
}

/** By the first of {@link IDENTITIES} that every element of both has, each with another value; else by content. */
export function elementTokens(a: Elements, b: Elements): readonly [readonly number[], readonly number[]] {
  for (const name of IDENTITIES) {
    const ids = idsOf(a, name);
    if (ids === null) continue;
    const others = idsOf(b, name);
    if (others !== null && haveCommon(ids, others)) return [ids, others];
  }
  return [contentTokens(a), contentTokens(b)];
}

export function contentTokens({ hashes, nodes, depth }: Elements): number[] {
  return nodes.map((node) => hashes.of(node, depth));
}

/** By the value at a JSON pointer within each element; by content where an element has none. */
export function keyTokens({ hashes, nodes, depth }: Elements, steps: readonly string[]): number[] {
  return nodes.map((node) => {
    const key = steps.reduce<Node | undefined>((at, step) => memberAt(hashes.doc, at, step), node);
    return key === undefined ? hashes.of(node, depth) : hashes.of(key, depth + steps.length);
  });
}

function memberAt(doc: JsonDoc, node: Node | undefined, name: string): Node | undefined {
  return node !== undefined && kindOf(doc, node) === 'object' ? memberOf(doc, node, name) : undefined;
}

function idsOf({ hashes, nodes, depth }: Elements, name: string): number[] | null {
  const { doc } = hashes;
  const ids: number[] = [];
  for (const node of nodes) {
    const id = memberAt(doc, node, name);
    if (id === undefined || !isId(doc, id)) return null;
    ids.push(hashes.of(id, depth + 1));
  }
  return new Set(ids).size === ids.length ? ids : null;
}

function isId(doc: JsonDoc, node: Node): boolean {
  const kind = kindOf(doc, node);
  return (kind === 'string' || kind === 'number') && endOf(doc, node) - startOf(doc, node) <= MAX_ID;
}

function haveCommon(a: readonly number[], b: readonly number[]): boolean {
  const known = new Set(b);
  return a.some((id) => known.has(id));
}
