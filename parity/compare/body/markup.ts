/** Two HTML or XML documents: elements, attributes in any order, text with white space collapsed. Pointer: an XPath. */

import type { BodyDifference } from '../../model/index.ts';
import { bodyDifference, MAX_DIFFERENCES } from './json.ts';
import { type MarkupToken, tokensOfMarkup } from './markup-tokens.ts';

/** Both are known to differ. */
export function compareMarkup(stable: string, candidate: string, xml: boolean): BodyDifference[] {
  const [a, b] = [tokensOfMarkup(stable, xml), tokensOfMarkup(candidate, xml)];
  const found: BodyDifference[] = [];
  const path = new Path();
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (found.length >= MAX_DIFFERENCES) return [...found, bodyDifference('too-many-differences', '', null, null)];
    const [x, y] = [a[i], b[i]];
    if (x?.kind === 'open' && y?.kind === 'open' && x.name === y.name) {
      path.open(x.name);
      found.push(...compareAttributes(x, y, path));
    } else if (x?.kind === 'close' && y?.kind === 'close' && x.name === y.name) path.close();
    else if (x?.kind === 'text' && y?.kind === 'text') {
      if (x.text !== y.text) found.push(bodyDifference('markup-value', `${path.at()}/text()`, x.text, y.text));
    } else if (x?.kind === 'other' && y?.kind === 'other') {
      if (x.text !== y.text) found.push(bodyDifference('markup-value', path.at(), x.text, y.text));
    } else {
      // From here on the documents have another structure, and every token would differ.
      found.push(bodyDifference('markup-value', path.at(), sourceOf(x), sourceOf(y)));
      break;
    }
  }
  return found.length > 0 ? found : [bodyDifference('markup-format', '', stable, candidate)];
}

type Open = Extract<MarkupToken, { kind: 'open' }>;

function compareAttributes(x: Open, y: Open, path: Path): BodyDifference[] {
  const names = new Set([...x.attributes.keys(), ...y.attributes.keys()]);
  return [...names].flatMap((name) => {
    const [p = null, q = null] = [x.attributes.get(name), y.attributes.get(name)];
    return p === q ? [] : [bodyDifference('markup-value', `${path.at()}/@${name}`, p, q)];
  });
}

function sourceOf(token: MarkupToken | undefined): string | null {
  if (token === undefined) return null;
  if (token.kind === 'text' || token.kind === 'other') return token.text;
  return token.kind === 'open' ? `<${token.name}>` : `</${token.name}>`;
}

/** The open elements, and which of its name each one is among its siblings. */
class Path {
  readonly #steps: { readonly name: string; readonly index: number; readonly children: Map<string, number> }[] = [];
  readonly #roots = new Map<string, number>();

  open(name: string): void {
    const siblings = this.#steps.at(-1)?.children ?? this.#roots;
    const index = (siblings.get(name) ?? 0) + 1;
    siblings.set(name, index);
    this.#steps.push({ name, index, children: new Map() });
  }

  close(): void {
    this.#steps.pop();
  }

  /** Only the innermost steps where there are very many. */
  at(): string {
    const steps = this.#steps.slice(-MAX_STEPS).map(({ name, index }) => (index === 1 ? name : `${name}[${index}]`));
    return `/${this.#steps.length > MAX_STEPS ? '/' : ''}${steps.join('/')}`;
  }
}

const MAX_STEPS = 32;
