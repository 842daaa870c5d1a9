/** Labels by which the children of two elements are paired. */
import type { MarkupNode } from './tree.ts';

export interface Labels {
  readonly stable: readonly string[];
  readonly candidate: readonly string[];
  /**
   * Names shared by several elements that can be identified by a part of them. Such an element without a partner is a
   * different element.
   */
  readonly identified: ReadonlySet<string>;
}

/** By kind or name; if several elements share a name, also by what identifies them, if anything does. */
export function labelsOf(stable: readonly MarkupNode[], candidate: readonly MarkupNode[]): Labels {
  const identified = new Set<string>();
  const keys = new Map<string, Key>();
  const [ours, theirs] = [byName(stable), byName(candidate)];
  for (const [name, a] of ours) {
    const b = theirs.get(name) ?? [];
    if (a.length < 2 && b.length < 2) continue;
    const identity = identityOf(a, b);
    if (identity !== null) identified.add(name);
    keys.set(name, identity ?? ((node) => String(node.says)));
  }
  const label = (node: MarkupNode) => {
    const name = kindOfNode(node);
    return `${name} ${keys.get(name)?.(node) ?? ''}`;
  };
  return { stable: stable.map(label), candidate: candidate.map(label), identified };
}

/** The name of an element, or the kind of another node. */
export function kindOfNode({ token }: MarkupNode): string {
  return token.kind === 'open' ? `<${token.means}` : token.kind;
}

type Key = (node: MarkupNode) => string | null;

function byName(nodes: readonly MarkupNode[]): Map<string, MarkupNode[]> {
  return Map.groupBy(
    nodes.filter(({ token }) => token.kind === 'open'),
    kindOfNode,
  );
}

/** How many parts of an element are considered as identifying. */
const MAX_PARTS = 32;

/**
 * The attribute, or the child element with text only, whose values are distinct on each side and shared most between
 * the sides.
 */
function identityOf(a: readonly MarkupNode[], b: readonly MarkupNode[]): Key | null {
  const [first] = a;
  if (first === undefined) return null;
  let best: Key | null = null;
  let common = 0;
  for (const key of partsOf(first)) {
    const [x, y] = [a.map(key), b.map(key)];
    if (!areDistinct(x) || !areDistinct(y)) continue;
    const known = new Set(y);
    const shared = x.filter((value) => known.has(value)).length;
    if (shared > common) [best, common] = [key, shared];
  }
  return best;
}

function partsOf({ token, children }: MarkupNode): Key[] {
  const attributes = token.kind === 'open' ? [...token.attributes.keys()] : [];
  const texts = children.filter((child) => textOf(child) !== null).map(kindOfNode);
  return [
    ...attributes.map(
      (name): Key =>
        (node) =>
          attributeOf(node, name),
    ),
    ...texts.map(
      (name): Key =>
        (node) => {
          const child = node.children.find((one) => kindOfNode(one) === name);
          return child === undefined ? null : textOf(child);
        },
    ),
  ].slice(0, MAX_PARTS);
}

function attributeOf({ token }: MarkupNode, name: string): string | null {
  return token.kind === 'open' ? (token.attributes.get(name) ?? null) : null;
}

/** The text of an element without other content. */
function textOf({ token, children: [only, ...others] }: MarkupNode): string | null {
  return token.kind === 'open' && only?.token.kind === 'text' && others.length === 0 ? only.token.text : null;
}

function areDistinct(values: readonly (string | null)[]): boolean {
  return !values.includes(null) && new Set(values).size === values.length;
}
