/**
 * Assigns a number to each element of two arrays, by which the arrays are aligned: from what identifies the element, or
 * from its whole content.
 */
import {
  endOf,
  type JsonDoc,
  type JsonHashes,
  type JsonKind,
  keysOf,
  kindOf,
  memberOf,
  type Node,
  rawOf,
  STRIDE,
  startOf,
  stringOf,
} from '../../../json/index.ts';

/** Members that usually identify the elements of an array, most reliable first. */
const IDENTITIES = ['id', '_id', 'uuid', 'key', 'code', 'name'];
/** A longer value is not an id. */
const MAX_ID = 200;
/** How many members of an element are considered as identifying. */
const MAX_MEMBERS = 32;

export interface Elements {
  readonly hashes: JsonHashes;
  readonly nodes: readonly Node[];
  /** Depth of the elements. */
  readonly depth: number;
}

type Tokens = readonly number[];

interface Guess {
  readonly tokens: readonly [Tokens, Tokens];
  /** Whether equal tokens may be a coincidence. */
  readonly isGuess: boolean;
}

/**
 * Uses the first of {@link IDENTITIES} that every element of both sides has with distinct values; otherwise the member
 * whose values the sides have most in common, such as a slug if ids differ between the sides or are missing; otherwise
 * the members that have the same values on both sides; otherwise the content.
 */
export function elementTokens(a: Elements, b: Elements): Guess {
  for (const name of IDENTITIES) {
    const tokens = tokensBy(a, b, [name]);
    if (tokens !== null && commonOf(...tokens) > 0) return { tokens, isGuess: false };
  }
  const content = [contentTokens(a), contentTokens(b)] as const;
  const least = commonOf(...content);
  // If most elements have equal content on both sides, no identity is needed.
  const guessed = least * 2 > Math.min(a.nodes.length, b.nodes.length) ? null : identified(a, b, least);
  return { tokens: guessed ?? content, isGuess: guessed !== null || (areScalars(a) && areScalars(b)) };
}

/** Whether each element is a single value. */
function areScalars({ hashes: { doc }, nodes }: Elements): boolean {
  return nodes.every((node) => !CONTAINERS.has(kindOf(doc, node)));
}

const CONTAINERS: ReadonlySet<JsonKind> = new Set(['object', 'array']);

export function contentTokens({ hashes, nodes, depth }: Elements): number[] {
  return nodes.map((node) => hashes.of(node, depth));
}

/** Tokens from the value at a JSON pointer within each element, or from the content if an element has none. */
export function keyTokens({ hashes, nodes, depth }: Elements, steps: readonly string[]): number[] {
  return nodes.map((node) => {
    const key = valueAt(hashes.doc, node, steps);
    return key === undefined ? hashes.of(node, depth) : hashes.of(key, depth + steps.length);
  });
}

/** Whether each element is a name with a value and no name repeats. Such a list is read like a map. */
export function areNamedValues(doc: JsonDoc, nodes: readonly Node[]): boolean {
  const names = new Set<string>();
  for (const node of nodes) {
    const keys = kindOf(doc, node) === 'object' ? keysOf(doc, node) : [];
    const [first, second] = keys.map((key) => stringOf(doc, key).toLowerCase()).sort();
    if (keys.length !== 2 || (first !== 'name' && first !== 'key') || second !== 'value') return false;
    const key = keys.find((one) => stringOf(doc, one).toLowerCase() === first);
    if (key === undefined) return false;
    names.add(rawOf(doc, key + STRIDE));
  }
  return names.size === nodes.length;
}

/**
 * Tokens from one member with distinct values, or from several that have the same values on both sides; null if there
 * are none.
 */
function identified(a: Elements, b: Elements, least: number): readonly [Tokens, Tokens] | null {
  let best: readonly [Tokens, Tokens] | null = null;
  let common = least;
  let order = -1;
  const alike: (readonly [Tokens, Tokens])[] = [];
  for (const steps of membersOf(a)) {
    const tokens = [idsOf(a, steps), idsOf(b, steps)] as const;
    const [x, y] = tokens;
    if (x === null || y === null) continue;
    if (sameValues(x, y)) alike.push([x, y]);
    if (!areDistinct(x) || !areDistinct(y)) continue;
    const [shared, inOrder] = [commonOf(x, y), x.filter((id, i) => id === y[i]).length];
    if (shared < common || (shared === common && (best === null || inOrder <= order))) continue;
    [best, common, order] = [[x, y], shared, inOrder];
  }
  if (best !== null || alike.length === 0) return best;
  const together = (side: 0 | 1) =>
    (alike[0]?.[side] ?? []).map((_, i) => alike.reduce((hash, tokens) => (hash * 31 + (tokens[side][i] ?? 0)) | 0, 7));
  return [together(0), together(1)];
}

/** Paths of the members of the first element that hold a text or a number, and of their members one level deeper. */
function membersOf({ hashes: { doc }, nodes: [first] }: Elements): string[][] {
  if (first === undefined || kindOf(doc, first) !== 'object') return [];
  const names = (node: Node) =>
    keysOf(doc, node)
      .slice(0, MAX_MEMBERS)
      .map((key) => stringOf(doc, key));
  const paths = names(first).flatMap((name) => {
    const value = memberOf(doc, first, name);
    if (value === undefined) return [];
    return kindOf(doc, value) === 'object' ? names(value).map((inner) => [name, inner]) : [[name]];
  });
  return paths.slice(0, MAX_MEMBERS);
}

function tokensBy(a: Elements, b: Elements, steps: readonly string[]): readonly [Tokens, Tokens] | null {
  const [x, y] = [idsOf(a, steps), idsOf(b, steps)];
  return x !== null && y !== null && areDistinct(x) && areDistinct(y) ? [x, y] : null;
}

/** Returns null if an element has no such member, or one that identifies nothing. */
function idsOf({ hashes, nodes, depth }: Elements, steps: readonly string[]): number[] | null {
  const { doc } = hashes;
  const ids: number[] = [];
  for (const node of nodes) {
    const id = valueAt(doc, node, steps);
    if (id === undefined || !isId(doc, id)) return null;
    ids.push(hashes.of(id, depth + steps.length));
  }
  return ids;
}

function valueAt(doc: JsonDoc, node: Node, steps: readonly string[]): Node | undefined {
  return steps.reduce<Node | undefined>(
    (at, step) => (at !== undefined && kindOf(doc, at) === 'object' ? memberOf(doc, at, step) : undefined),
    node,
  );
}

function isId(doc: JsonDoc, node: Node): boolean {
  const kind = kindOf(doc, node);
  return (kind === 'string' || kind === 'number') && endOf(doc, node) - startOf(doc, node) <= MAX_ID;
}

const areDistinct = (ids: Tokens) => new Set(ids).size === ids.length;

function commonOf(a: Tokens, b: Tokens): number {
  const known = new Set(b);
  let common = 0;
  for (const id of a) if (known.has(id)) common++;
  return common;
}

function sameValues(a: Tokens, b: Tokens): boolean {
  if (a.length !== b.length) return false;
  const [x, y] = [a.toSorted((p, q) => p - q), b.toSorted((p, q) => p - q)];
  return x.every((id, i) => id === y[i]);
}
