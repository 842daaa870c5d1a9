/**
 * Compares two HTML or XML documents: elements, attributes in any order, and text with white space collapsed. Pointer:
 * an XPath.
 */

import { type BodyDifference, within } from '../../model/index.ts';
import { shortestEditOf } from '../align/index.ts';
import { type MarkupToken, tokensOfMarkup, type UnreadableMarkup } from '../markup/index.ts';
import { bodyDifference, compareJson, MAX_DIFFERENCES } from './json.ts';
import { attributeDifferences, compareTrees, sourceOf, xpathOf } from './markup-tree.ts';

/**
 * Call only if the documents differ. Returns null if neither is a document, or if one is too deep or too large to be
 * parsed.
 */
export function compareMarkup(stable: string, candidate: string, xml: boolean): BodyDifference[] | null {
  const [a, b] = [tokensOfMarkup(stable, xml), tokensOfMarkup(candidate, xml)];
  if (!isRead(a) || !isRead(b)) return compareUnreadable(stable, a, candidate, b);
  const found = xml ? compareTrees(a, b) : compareTokens(...withoutImplied(a, b));
  return found.length > 0 ? found : [bodyDifference('markup-format', '', stable, candidate)];
}

/** Tags that HTML implies (HTML standard, 13.1.2.4). */
const IMPLIED = ['html', 'head', 'body'];

/** Removes implied tags that only one of the documents has, if they have no attributes. */
function withoutImplied(
  ...documents: readonly [MarkupToken[], MarkupToken[]]
): readonly [MarkupToken[], MarkupToken[]] {
  const opened = documents.map((tokens) =>
    tokens.filter((token) => token.kind === 'open' && IMPLIED.includes(token.means)),
  );
  const dropped = new Set(
    IMPLIED.filter((name) => {
      const [x, y] = opened.map((tags) => tags.filter((tag) => tag.kind === 'open' && tag.means === name));
      const said = [...(x ?? []), ...(y ?? [])];
      return (
        x?.length !== y?.length &&
        said.length === 1 &&
        said.every((tag) => tag.kind === 'open' && tag.attributes.size === 0)
      );
    }),
  );
  const kept = (token: MarkupToken) => (token.kind !== 'open' && token.kind !== 'close') || !dropped.has(token.means);
  const [a, b] = dropped.size === 0 ? documents : [documents[0].filter(kept), documents[1].filter(kept)];
  const [x, y] = [a, b].map((tokens) => tokens.filter(isTableBody).length);
  return x === y ? [a, b] : [withTableBodies(a), withTableBodies(b)];
}

const isTableBody = (token: MarkupToken) => token.kind === 'open' && token.means === 'tbody';

/**
 * Names the bodies of tables that the tags leave to the parser: a row in a table begins one (HTML standard,
 * 13.2.6.4.9).
 */
function withTableBodies(tokens: readonly MarkupToken[]): MarkupToken[] {
  const open: string[] = [];
  const out: MarkupToken[] = [];
  for (const token of tokens) {
    const isTag = token.kind === 'open' || token.kind === 'close';
    if (isTag && open.at(-1) === IMPLIED_BODY && !(token.kind === 'open' && token.means === 'tr')) {
      out.push({ kind: 'close', name: 'tbody', means: 'tbody' });
      open.pop();
    }
    if (token.kind === 'open') {
      if (token.means === 'tr' && open.at(-1) === 'table') {
        out.push({ kind: 'open', name: 'tbody', means: 'tbody', attributes: new Map() });
        open.push(IMPLIED_BODY);
      }
      open.push(token.means);
    } else if (token.kind === 'close') open.pop();
    out.push(token);
  }
  return out;
}

/** Stands for a body without a tag among the open elements. */
const IMPLIED_BODY = '';

type Read = ReturnType<typeof tokensOfMarkup>;

const isRead = (read: Read): read is MarkupToken[] => Array.isArray(read);

function compareUnreadable(stable: string, a: Read, candidate: string, b: Read): BodyDifference[] | null {
  const [x, y] = [a, b].map((read) => (isRead(read) ? null : read));
  const malformed = (read: UnreadableMarkup | null | undefined) => read?.malformed === true;
  if (malformed(x) === malformed(y)) return null;
  const reason = (malformed(x) ? x : y)?.reason ?? '';
  return [bodyDifference('malformed-xml', '', stable, candidate, `A parser says: ${reason}.`)];
}

/**
 * Compares HTML, whose elements are part of the text and are displayed in order. Returns an empty list if the documents
 * are equivalent.
 */
function compareTokens(a: readonly MarkupToken[], b: readonly MarkupToken[]): BodyDifference[] {
  const partner = shortestEditOf(a.map(shapeOf), b.map(shapeOf));
  if (partner === null) return [bodyDifference('too-many-differences', '', null, null)];
  const found: BodyDifference[] = [];
  const path = new Path();
  for (const [runA, runB, i, j] of stretches(a, b, partner)) {
    if (found.length >= MAX_DIFFERENCES) return [...found, bodyDifference('too-many-differences', '', null, null)];
    if (runA.length > 0) found.push(bodyDifference('markup-value', path.at(), sourceOf(runA), null));
    if (runB.length > 0) found.push(bodyDifference('markup-value', path.at(), null, sourceOf(runB)));
    const [x, y] = [a[i], b[j]];
    if (x?.kind === 'open' && y?.kind === 'open') {
      path.follow(x);
      for (const difference of attributeDifferences(x, y, path.at())) found.push(difference);
    } else if (x?.kind === 'close') path.follow(x);
    else if (x?.kind === 'text' && y?.kind === 'text') {
      for (const difference of textDifferences(`${path.at()}/text()`, x.text, y.text)) found.push(difference);
    } else if (x?.kind === 'other' && y?.kind === 'other' && x.text !== y.text) {
      found.push(bodyDifference('markup-value', `${path.at()}/comment()`, x.text, y.text));
    }
  }
  return found;
}

/** Compares texts. JSON data, as in scripts, is compared as JSON. */
function textDifferences(place: string, a: string, b: string): BodyDifference[] {
  if (a === b) return [];
  if (/\/script(?:\[\d+\])?\/text\(\)$/.test(place) && unescaped(a) === unescaped(b))
    return [bodyDifference('html-escape', place, a, b)];
  const data = [a, b].every((text) => /^\s*[[{]/.test(text)) ? compareJson(a, b) : null;
  return data === null ? [bodyDifference('markup-value', place, a, b)] : within(place, data);
}

/** Replaces the escapes that html/template uses in scripts. Any other escape is left unchanged. */
function unescaped(script: string): string {
  return script.replaceAll(
    /\\(?:u(?:00(3[ce]|26)|(202[89]))|x(3[ce]|26)|[\s\S])/gi,
    (escaped, ...units: (string | undefined)[]) => {
      const unit = units.slice(0, 3).find((one) => one !== undefined);
      return unit === undefined ? escaped : String.fromCharCode(Number.parseInt(unit, 16));
    },
  );
}

/**
 * Yields the tokens that only one side has, and the two corresponding tokens after them (past the end if there are
 * none).
 */
function* stretches(
  a: readonly MarkupToken[],
  b: readonly MarkupToken[],
  partner: Int32Array,
): Generator<[MarkupToken[], MarkupToken[], number, number]> {
  let [i, j] = [0, 0];
  for (let end = 0; end <= a.length; end++) {
    const at = end === a.length ? b.length : (partner[end] ?? -1);
    if (at < 0) continue;
    yield [a.slice(i, end), b.slice(j, at), end, at];
    [i, j] = [end + 1, at + 1];
  }
}

/** What two corresponding tokens have in common, although their values differ. */
function shapeOf(token: MarkupToken): string {
  return token.kind === 'open' || token.kind === 'close' ? `${token.kind} ${token.means}` : token.kind;
}

/** Tracks the open elements that both documents have, with the position of each among its siblings of the same name. */
class Path {
  readonly #steps: { readonly name: string; readonly index: number; readonly children: Map<string, number> }[] = [];
  readonly #roots = new Map<string, number>();

  follow(token: MarkupToken): void {
    if (token.kind === 'open') this.#open(token.name);
    else if (token.kind === 'close') this.#steps.pop();
  }

  #open(name: string): void {
    const siblings = this.#steps.at(-1)?.children ?? this.#roots;
    const index = (siblings.get(name) ?? 0) + 1;
    siblings.set(name, index);
    this.#steps.push({ name, index, children: new Map() });
  }

  at(): string {
    return xpathOf(this.#steps.map(({ name, index }) => (index === 1 ? name : `${name}[${index}]`)));
  }
}
