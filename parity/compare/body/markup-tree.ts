/**
 * Compares two XML documents as trees, so that an element that was moved, added or removed shifts no other. Pointer: an
 * XPath.
 */
import { explainStrings, isMadeAnew } from '../../explain/index.ts';
import { type BodyDifference, Found } from '../../model/index.ts';
import { shortestEditOf } from '../align/index.ts';
import { kindOfNode, labelsOf, type MarkupNode, type MarkupToken, treesOf } from '../markup/index.ts';
import { bodyDifference } from './json.ts';

/** Returns an empty list if the documents are equivalent. */
export function compareTrees(stable: readonly MarkupToken[], candidate: readonly MarkupToken[]): BodyDifference[] {
  const found = new Found();
  const sink: Sink = { add: (difference) => found.add({ ...difference, inXml: true }) };
  compareChildren(...treesOf(stable, inNamespaceOf(stable, candidate, sink)), [], sink);
  return found.differences();
}

/**
 * A root that differs only in its namespace is reported once. Its content is then compared as if it were in stable's
 * namespace.
 */
function inNamespaceOf(
  stable: readonly MarkupToken[],
  candidate: readonly MarkupToken[],
  sink: Sink,
): readonly MarkupToken[] {
  const [root, other] = [stable, candidate].map((tokens) => tokens.find(({ kind }) => kind === 'open'));
  if (root?.kind !== 'open' || other?.kind !== 'open' || root.means === other.means) return candidate;
  const [ours, theirs] = [splitName(root.means), splitName(other.means)];
  if (ours.local !== theirs.local) return candidate;
  sink.add(bodyDifference('markup-value', `/${root.name}/@xmlns`, ours.uri, theirs.uri));
  return candidate.map((token) => {
    if (token.kind !== 'open' && token.kind !== 'close') return token;
    const { uri, local } = splitName(token.means);
    return uri === theirs.uri ? { ...token, means: ours.uri === null ? local : `{${ours.uri}}${local}` } : token;
  });
}

function splitName(means: string): { readonly uri: string | null; readonly local: string } {
  const [, uri = null, local = means] = /^\{(.*)\}(.*)$/s.exec(means) ?? [];
  return { uri, local };
}

type Steps = readonly string[];
type Sink = Pick<Found, 'add'>;
type Pair = readonly [number, number];

function compareChildren(a: readonly MarkupNode[], b: readonly MarkupNode[], at: Steps, found: Sink): void {
  const labels = labelsOf(a, b);
  const inMixed = [...a, ...b].some(({ token }) => token.kind === 'text');
  const partner = shortestEditOf(labels.stable, labels.candidate);
  if (partner === null && inMixed) {
    found.add(bodyDifference('too-many-differences', xpathOf(at), null, null));
    return;
  }
  // Too many elements are elsewhere to say which have stayed: all are paired as moved.
  const pairs = [...(partner ?? []).entries()].filter(([, j]) => j >= 0);
  const left = leftOver(a, b, pairs);
  const moved = inMixed ? [] : pairedBy(left, labels.stable, labels.candidate);
  const [names, others] = [a.map(kindOfNode), b.map(kindOfNode)];
  const changed = pairedBy(leftOver(a, b, [...pairs, ...moved]), names, others).filter(
    ([i]) => !labels.identified.has(names[i] ?? ''),
  );
  const all = [...pairs, ...moved, ...changed].sort(([i], [j]) => i - j);
  if (moved.length > 0) for (const difference of orderDifferences(all, a, b, at)) found.add(difference);
  const [steps, theirs] = [stepsOf(a), stepsOf(b)];
  for (const [i, j] of all) {
    const [x, y] = [a[i], b[j]];
    if (x !== undefined && y !== undefined && x.says !== y.says) compareNodes(x, y, [...at, steps[i] ?? ''], found);
  }
  const [missing, added] = leftOver(a, b, all);
  const [ourCounts, theirCounts] = [countsOf(names), countsOf(others)];
  const lengthsOf = (name = '') => ({ lengths: [ourCounts.get(name) ?? 0, theirCounts.get(name) ?? 0] as const });
  for (const i of missing)
    found.add({
      ...bodyDifference('markup-value', xpathOf([...at, steps[i] ?? '']), written(a[i]), null),
      ...lengthsOf(names[i]),
    });
  for (const j of added)
    found.add({
      ...bodyDifference('markup-value', xpathOf([...at, theirs[j] ?? '']), null, written(b[j])),
      ...lengthsOf(others[j]),
    });
}

/** Both nodes have the same kind or name, and differ. */
function compareNodes(x: MarkupNode, y: MarkupNode, at: Steps, found: Sink): void {
  if (x.token.kind === 'open' && y.token.kind === 'open') {
    for (const difference of attributeDifferences(x.token, y.token, xpathOf(at))) found.add(difference);
    compareChildren(x.children, y.children, at, found);
  } else if (x.token.kind !== 'open' && y.token.kind !== 'open') found.add(textDifference(x.token, y.token, at));
}

type Text = Exclude<MarkupNode['token'], { kind: 'open' }>;

/** Two instants are compared as they are in JSON. */
function textDifference(x: Text, y: Text, at: Steps): BodyDifference {
  const place = xpathOf(at);
  const name = at.at(-2)?.replace(/\[\d+\]$/, '') ?? '';
  const { cause } = x.kind === 'text' ? explainStrings(x.text, y.text, name) : { cause: 'value' as const };
  if (cause === 'value') return bodyDifference('markup-value', place, x.text, y.text);
  return bodyDifference(cause, place, JSON.stringify(x.text), JSON.stringify(y.text));
}

function leftOver(
  a: readonly MarkupNode[],
  b: readonly MarkupNode[],
  pairs: readonly Pair[],
): readonly [readonly number[], readonly number[]] {
  const [taken, given] = [new Uint8Array(a.length), new Uint8Array(b.length)];
  for (const [i, j] of pairs) taken[i] = given[j] = 1;
  const free = (used: Uint8Array) => {
    const list: number[] = [];
    for (let at = 0; at < used.length; at++) if (used[at] === 0) list.push(at);
    return list;
  };
  return [free(taken), free(given)];
}

/** Pairs nodes with the same label in order of occurrence. */
function pairedBy(
  [left, right]: readonly [readonly number[], readonly number[]],
  labels: readonly string[],
  others: readonly string[],
): Pair[] {
  const waiting = Map.groupBy(right.toReversed(), (j) => others[j] ?? '');
  return left.flatMap((i): Pair[] => {
    const j = waiting.get(labels[i] ?? '')?.pop();
    return j === undefined ? [] : [[i, j]];
  });
}

/**
 * Elements with the same name whose order has no meaning according to their standard: WebDAV (RFC 4918, 14), and the
 * entries of Atom (RFC 4287, 4.1.1).
 */
const SETS = new Set(
  ['response', 'propstat', 'lockentry', 'activelock', 'privilege', 'ace']
    .map((name) => `<{DAV:}${name}`)
    .concat('<{http://www.w3.org/2005/Atom}entry', '<{http://www.w3.org/2005/Atom}link'),
);

/**
 * Elements with the same name form a list, whose order counts. Whether the order of different names counts depends on
 * the schema.
 */
function orderDifferences(
  pairs: readonly Pair[],
  a: readonly MarkupNode[],
  b: readonly MarkupNode[],
  at: Steps,
): BodyDifference[] {
  const byKind = Map.groupBy(pairs, ([i]) => (a[i] === undefined ? '' : kindOfNode(a[i])));
  const firsts = [...byKind.values()].map((list): Pair => [least(list, ([i]) => i), least(list, ([, j]) => j)]);
  const firstMoved = (ofSets: boolean) =>
    [...byKind]
      .map(([kind, list]) => (SETS.has(kind) === ofSets ? firstOutOfOrder(list) : undefined))
      .find((pair) => pair !== undefined);
  const told = (cause: 'element-order' | 'array-order', pair: Pair | undefined) =>
    pair === undefined ? [] : [bodyDifference(cause, xpathOf(at), written(a[pair[0]]), written(b[pair[0]]))];
  return [
    ...told('element-order', firstOutOfOrder(firsts) ?? firstMoved(true)),
    ...told('array-order', firstMoved(false)),
  ];
}

/** Unlike Math.min with spread arguments, this accepts any number of pairs. */
function least(pairs: readonly Pair[], of: (pair: Pair) => number): number {
  return pairs.reduce((smallest, pair) => Math.min(smallest, of(pair)), Number.POSITIVE_INFINITY);
}

/** In the order of stable, the first pair that precedes its predecessor on the candidate's side. */
function firstOutOfOrder(pairs: readonly Pair[]): Pair | undefined {
  return pairs.find(([, j], at) => j < (pairs[at - 1]?.[1] ?? -1));
}

/** Each node with its position among those of the same name. */
function stepsOf(nodes: readonly MarkupNode[]): string[] {
  const counts = new Map<string, number>();
  return nodes.map(({ token }) => {
    if (token.kind !== 'open') return token.kind === 'text' ? 'text()' : 'comment()';
    const index = (counts.get(token.name) ?? 0) + 1;
    counts.set(token.name, index);
    return index === 1 ? token.name : `${token.name}[${index}]`;
  });
}

const written = (node: MarkupNode | undefined) => (node === undefined ? null : sourceOf([...tokensOf(node)]));

/** The first tokens of a subtree; excerpts are cut anyway. */
function* tokensOf({ token, children }: MarkupNode): Generator<MarkupToken> {
  yield token;
  for (const child of children) yield* tokensOf(child);
  if (token.kind === 'open') yield { kind: 'close', name: token.name, means: token.means };
}

/** The first tokens of a run. */
export function sourceOf(tokens: readonly MarkupToken[]): string {
  return tokens
    .slice(0, 20)
    .map((token) =>
      token.kind === 'open' ? `<${token.name}>` : token.kind === 'close' ? `</${token.name}>` : token.text,
    )
    .join('');
}

type Open = Extract<MarkupToken, { kind: 'open' }>;

export function attributeDifferences(x: Open, y: Open, place: string): BodyDifference[] {
  const names = new Set([...x.attributes.keys(), ...y.attributes.keys()]);
  return [...names].flatMap((name) => {
    const [p = null, q = null] = [x.attributes.get(name), y.attributes.get(name)];
    if (p === q) return [];
    const own = p !== null && q !== null && isMadeAnew(namedBy(x, name), p, q);
    return own
      ? [bodyDifference('own-value', `${place}/@${name}`, JSON.stringify(p), JSON.stringify(q))]
      : [bodyDifference('markup-value', `${place}/@${name}`, p, q)];
  });
}

/** An element may describe its value itself (`input`, `meta`). */
function namedBy({ attributes }: Open, name: string): string {
  return name === 'value' || name === 'content' ? (attributes.get('name') ?? attributes.get('id') ?? name) : name;
}

const MAX_STEPS = 32;

/** Only the innermost steps if there are very many. */
export function xpathOf(steps: readonly string[]): string {
  return `/${steps.length > MAX_STEPS ? '/' : ''}${steps.slice(-MAX_STEPS).join('/')}`;
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
