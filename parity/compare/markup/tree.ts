/** Two documents as trees, in which equal content has equal numbers. */
import type { MarkupToken } from './token.ts';

/** An element with its content, or a text, comment or instruction. */
export interface MarkupNode {
  readonly token: Exclude<MarkupToken, { kind: 'close' }>;
  readonly children: readonly MarkupNode[];
  /** A number that is equal in both documents for equal names, attributes and children. */
  readonly says: number;
}

/** The top-level nodes of each document. The tokens must be balanced. */
export function treesOf(
  ...[stable, candidate]: readonly [readonly MarkupToken[], readonly MarkupToken[]]
): readonly [readonly MarkupNode[], readonly MarkupNode[]] {
  const numbers = new Map<string, number>();
  return [treeOf(stable, numbers), treeOf(candidate, numbers)];
}

function treeOf(tokens: readonly MarkupToken[], numbers: Map<string, number>): readonly MarkupNode[] {
  const top: MarkupNode[] = [];
  const open: { token: MarkupNode['token']; children: MarkupNode[] }[] = [];
  const add = (token: MarkupNode['token'], children: readonly MarkupNode[]) => {
    const key = `${contentOf(token)} ${children.map(({ says }) => says).join()}`;
    const says = numbers.get(key) ?? numbers.size;
    numbers.set(key, says);
    (open.at(-1)?.children ?? top).push({ token, children, says });
  };
  for (const token of tokens) {
    if (token.kind === 'open') open.push({ token, children: [] });
    else if (token.kind !== 'close') add(token, []);
    else {
      const element = open.pop();
      if (element !== undefined) add(element.token, element.children);
    }
  }
  return top;
}

/** Ends with a kind or a bracket, so that it is never a prefix of another content. */
function contentOf(token: MarkupNode['token']): string {
  if (token.kind !== 'open') return `${JSON.stringify(token.text)}${token.kind}`;
  if (token.attributes.size === 0) return `${token.means}[]`;
  return `${token.means}${JSON.stringify([...token.attributes].sort(([a], [b]) => (a < b ? -1 : 1)))}`;
}
