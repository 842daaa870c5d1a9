/** Walks through two JSON documents that are not equivalent, and reports each place where they differ. */

import {
  after,
  elementsOf,
  type JsonDoc,
  JsonHashes,
  keysOf,
  kindOf,
  MAX_DEPTH,
  type MemberPairs,
  type Node,
  pairMembers,
  rawOf,
  type SameMeaning,
  STRIDE,
  stringOf,
} from '../../../json/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { Cause } from '../../causes/index.ts';
import {
  areEntries,
  envelopeAmong,
  explainAdded,
  explainMissing,
  explainValues,
  type Member,
  otherIds,
  renamed,
  swappedAmong,
  turnedIn,
} from '../../explain/index.ts';
import {
  type Alike,
  type BodyDifference,
  childOf,
  type Extent,
  excerpt,
  type Finding,
  type Found,
  foldedName,
  isOfValues,
  nameOf,
  type Path,
  pointerTo,
  selectsOne,
  why,
} from '../../model/index.ts';
import { type ArrayRule, type BodyRules, varying } from '../../rules/index.ts';
import { type Alignment, alignInOrder, alignUnordered, NO_PARTNER } from '../align/index.ts';
import { areNamedValues, contentTokens, type Elements, elementTokens, keyTokens } from './element-tokens.ts';

/** Keys without a partner, and the names of those that have one. */
interface Unpaired extends Pick<MemberPairs, 'onlyA' | 'onlyB'> {
  readonly paired: ReadonlySet<string>;
}

export class JsonWalk {
  readonly #meaning: SameMeaning;
  readonly #found: Found;
  readonly #rules: BodyRules | undefined;
  readonly #a: JsonDoc;
  readonly #b: JsonDoc;
  readonly #hashesA: JsonHashes;
  readonly #hashesB: JsonHashes;
  /** Whether the present values belong to two different entries of a map, so that only their shapes are comparable. */
  #ofStrangers = false;
  /** Values of stable whose relation to others the candidate does not keep. */
  readonly #unrelated = new Map<Node, Extent>();

  constructor(meaning: SameMeaning, found: Found, rules: BodyRules | undefined) {
    this.#meaning = meaning;
    this.#found = found;
    this.#rules = rules;
    this.#a = meaning.a;
    this.#b = meaning.b;
    this.#hashesA = new JsonHashes(meaning.a);
    this.#hashesB = new JsonHashes(meaning.b);
  }

  /** @param counted counts the differences within the same array, by cause */
  walk(x: Node, y: Node, path: Path | null, depth: number, counted?: Map<Cause, Alike>): void {
    if (this.#meaning.same(x, y, depth)) return;
    const kind = kindOf(this.#a, x);
    const containers = kind === kindOf(this.#b, y) && (kind === 'object' || kind === 'array');
    if (!containers) {
      if (!this.#listInEnvelope(x, y, path, depth)) this.#values(x, y, path, counted);
    } else if (depth >= MAX_DEPTH) this.#report({ cause: 'too-deep' }, path, x, y);
    else if (kind === 'object') this.#objects(x, y, path, depth);
    else this.#arrays(x, y, path, depth);
  }

  /**
   * An array may have a million elements that differ in the same way, so differences that are only counted get no path.
   */
  #values(x: Node, y: Node, path: Path | null, counted: Map<Cause, Alike> | undefined): void {
    const finding = explainValues(this.#a, x, this.#b, y, nameOf(path));
    const known = counted?.get(finding.cause);
    if (known !== undefined) {
      known.more++;
      return;
    }
    const counts = this.#report(finding, path, x, y);
    if (counts !== null) counted?.set(finding.cause, counts);
  }

  #objects(x: Node, y: Node, path: Path | null, depth: number): void {
    const [a, b] = [this.#a, this.#b];
    if (this.#meaning.sameKeys(x, y)) {
      const end = after(a, x);
      const other: [Node, Node][] = [];
      for (let [p, q] = [x + STRIDE, y + STRIDE]; p < end; [p, q] = [after(a, p + STRIDE), after(b, q + STRIDE)])
        if (!this.#meaning.same(p + STRIDE, q + STRIDE, depth + 1)) other.push([p, q]);
      this.#members(other, path, depth + 1);
      return;
    }
    const pairs = pairMembers(a, keysOf(a, x), b, keysOf(b, y));
    this.#meaning.noteKeys(pairs.both, x, y);
    const left = this.#paired(pairs, path, depth + 1);
    if (left.onlyA.length + left.onlyB.length > 0) this.#unpaired(left, path, depth);
  }

  /** Walks through the members that have a partner. @returns those without one */
  #paired({ both, onlyA, onlyB }: MemberPairs, path: Path | null, depth: number): Unpaired {
    this.#members(both, path, depth);
    return { onlyA, onlyB, paired: new Set(both.map(([key]) => stringOf(this.#a, key))) };
  }

  #members(keys: readonly (readonly [Node, Node])[], path: Path | null, depth: number): void {
    const [xs, ys] = [keys.map(([key]) => key + STRIDE), keys.map(([, partner]) => partner + STRIDE)];
    for (const node of swappedAmong(this.#a, xs, this.#b, ys)) this.#unrelated.set(node, 'swapped');
    for (const [key, partner] of keys)
      this.walk(key + STRIDE, partner + STRIDE, childOf(path, stringOf(this.#a, key)), depth);
  }

  /** Handles a list on one side and an object that contains a list on the other. @returns whether that is the case */
  #listInEnvelope(x: Node, y: Node, path: Path | null, depth: number): boolean {
    const [a, b] = [this.#a, this.#b];
    const outer: Side = kindOf(a, x) === 'object' && kindOf(b, y) === 'array' ? 'stable' : 'candidate';
    const [doc, object, other] = outer === 'stable' ? [a, x, kindOf(b, y)] : [b, y, kindOf(a, x)];
    if (kindOf(doc, object) !== 'object' || other !== 'array' || depth >= MAX_DEPTH) return false;
    const keys = keysOf(doc, object);
    const [envelope, second] = keys.filter((key) => kindOf(doc, key + STRIDE) === 'array');
    if (envelope === undefined || second !== undefined) return false;
    const within = this.#unwrapped(envelope, outer, path);
    const [p, q] = outer === 'stable' ? [envelope + STRIDE, y] : [x, envelope + STRIDE];
    this.walk(p, q, within, depth + 1);
    this.#alone(besides(envelope, keys, outer, new Set()), path, depth);
    return true;
  }

  /** Reports an envelope. @returns the path of its content */
  #unwrapped(key: Node, outer: Side, path: Path | null): Path {
    const value = key + STRIDE;
    const name = stringOf(outer === 'stable' ? this.#a : this.#b, key);
    const advice =
      outer === 'stable'
        ? `Stable sends these members within \`${name}\`; wrap them in it.`
        : `Stable sends these members without \`${name}\`; leave that out.`;
    const finding = { cause: 'envelope' as const, advice };
    const [x, y] = outer === 'stable' ? [value, null] : [null, value];
    this.#report(finding, childOf(path, name), x, y);
    return outer === 'stable' ? childOf(path, name, null) : childOf(path, null, name);
  }

  #unpaired(left: Unpaired, path: Path | null, depth: number): void {
    const [a, b] = [this.#a, this.#b];
    const { onlyA, onlyB, paired } = left;
    const ofStable = depth >= MAX_DEPTH ? undefined : envelopeAmong(a, onlyA, b, onlyB, paired);
    const ofCandidate = depth >= MAX_DEPTH ? undefined : envelopeAmong(b, onlyB, a, onlyA, paired);
    const envelope = ofStable ?? ofCandidate;
    if (envelope === undefined || (ofStable !== undefined && ofCandidate !== undefined)) {
      this.#alone(left, path, depth);
      return;
    }
    const outer = ofStable === undefined ? 'candidate' : 'stable';
    const within = this.#unwrapped(envelope, outer, path);
    const inner = keysOf(outer === 'stable' ? a : b, envelope + STRIDE);
    const pairs = outer === 'stable' ? pairMembers(a, inner, b, onlyB) : pairMembers(a, onlyA, b, inner);
    this.#alone(this.#paired(pairs, within, depth + 2), within, depth + 1);
    this.#alone(besides(envelope, outer === 'stable' ? onlyA : onlyB, outer, paired), path, depth);
  }

  /** Reports members without a partner, where there is no envelope. */
  #alone({ onlyA, onlyB, paired }: Unpaired, path: Path | null, depth: number): void {
    const [a, b] = [this.#a, this.#b];
    const missing = onlyA.map((key) => ({ name: stringOf(a, key), key, value: key + STRIDE }));
    const added = onlyB.map((key) => ({ name: stringOf(b, key), key, value: key + STRIDE }));
    const [foldedMissing, foldedAdded] = [missing, added].map(
      (keys) => new Map(keys.map((k) => [foldedName(k.name), k])),
    );
    const lengths = [paired.size + missing.length, paired.size + added.length] as const;
    const strange = paired.size === 0 && areEntries(a, missing, b, added);
    const lengthsAt = (name: string) => (selectsOne(name) ? { lengths } : strange ? { lengths, extents: ENTRY } : {});
    const isEntry = ({ name }: Member) => (strange || selectsOne(name)) && !paired.has(name);
    // A key with another name and another value may be a different key.
    const sameAs = (value: Node, other: { readonly name: string; readonly value: Node } | undefined, ours: boolean) => {
      if (other === undefined) return undefined;
      const [p, q] = ours ? [value, other.value] : [other.value, value];
      return this.#meaning.same(p, q, depth + 1) ? other.name : undefined;
    };
    for (const { name, value } of missing) {
      const other = sameAs(value, foldedAdded?.get(foldedName(name)), true);
      const finding = paired.has(name)
        ? DUPLICATE
        : other !== undefined
          ? renamed(name, other)
          : explainMissing(a, value, name);
      this.#report({ ...finding, ...lengthsAt(name) }, childOf(path, name), value, null);
    }
    for (const { name, value } of added) {
      const other = sameAs(value, foldedMissing?.get(foldedName(name)), false);
      const finding = paired.has(name)
        ? DUPLICATE
        : other !== undefined
          ? renamed(other, name)
          : explainAdded(b, value, name);
      this.#report({ ...finding, ...lengthsAt(name) }, childOf(path, name), null, value);
    }
    this.#shapes(missing.filter(isEntry), added.filter(isEntry), path, depth + 1);
  }

  /** Compares the shapes of entries of a map whose ids each side has made for itself. */
  #shapes(missing: readonly Member[], added: readonly Member[], path: Path | null, depth: number): void {
    const outer = this.#ofStrangers;
    this.#ofStrangers = true;
    const [ours, theirs] = otherIds(missing, added) ?? [];
    if (ours !== undefined && theirs !== undefined)
      this.#report(OTHER_IDS, childOf(path, ours.name, theirs.name), ours.key, theirs.key);
    missing.slice(0, added.length).forEach(({ name, value }, i) => {
      const other = added[i];
      if (other !== undefined) this.walk(value, other.value, childOf(path, name, other.name), depth);
    });
    this.#ofStrangers = outer;
  }

  #arrays(x: Node, y: Node, path: Path | null, depth: number): void {
    const [p, q] = [elementsOf(this.#a, x), elementsOf(this.#b, y)];
    const rule = this.#rules?.arrayRule(pointerTo(path, 'stable')) ?? null;
    const [start, end] = rule === null ? this.#middle(p, q, depth + 1) : [0, 0];
    for (const node of swappedAmong(this.#a, p, this.#b, q)) this.#unrelated.set(node, 'swapped');
    for (const node of turnedIn(this.#a, p, this.#b, q)) this.#unrelated.set(node, 'turned');
    const [middleA, middleB] = [p.slice(start, p.length - end), q.slice(start, q.length - end)];
    const { partner, onlyA, onlyB, moved } = this.#align(middleA, middleB, depth + 1, rule);
    if (moved) {
      const named = areNamedValues(this.#a, p) && areNamedValues(this.#b, q);
      this.#report({ cause: named ? 'pair-order' : 'array-order' }, path, x, y, rule?.id);
    }
    // Rules apply to individual places, so nothing is aggregated if there are rules.
    const counted = this.#rules === undefined ? new Map<Cause, Alike>() : undefined;
    for (let i = 0; i < partner.length; i++) {
      const j = partner[i] ?? NO_PARTNER;
      if (j === NO_PARTNER) continue;
      this.walk(middleA[i] ?? 0, middleB[j] ?? 0, childOf(path, start + i, start + j), depth + 1, counted);
    }
    const advice = (verb: string) => ({
      cause: 'array-length' as const,
      advice: `One element ${verb} (${p.length} there, ${q.length} here); send the elements that stable sends.`,
    });
    const lengths = [p.length, q.length] as const;
    for (const i of onlyA)
      this.#report({ ...advice('is missing'), lengths }, childOf(path, start + i), middleA[i] ?? 0, null);
    for (const j of onlyB)
      this.#report({ ...advice('is added'), lengths }, childOf(path, start + j), null, middleB[j] ?? 0);
  }

  /** Skips elements at the beginning and at the end that are equivalent. */
  #middle(p: readonly Node[], q: readonly Node[], depth: number): readonly [number, number] {
    const shorter = Math.min(p.length, q.length);
    let start = 0;
    while (start < shorter && this.#meaning.same(p[start] ?? 0, q[start] ?? 0, depth)) start++;
    let end = 0;
    while (start + end < shorter && this.#meaning.same(p.at(-end - 1) ?? 0, q.at(-end - 1) ?? 0, depth)) end++;
    return [start, end];
  }

  #align(p: readonly Node[], q: readonly Node[], depth: number, rule: ArrayRule | null): Alignment {
    const a: Elements = { hashes: this.#hashesA, nodes: p, depth };
    const b: Elements = { hashes: this.#hashesB, nodes: q, depth };
    if (rule?.kind === 'keyed') return alignUnordered(keyTokens(a, rule.steps), keyTokens(b, rule.steps), false);
    if (rule?.kind === 'unordered') return alignUnordered(contentTokens(a), contentTokens(b), true);
    if (p.length === 1 && q.length === 1) return alignInOrder([0], [0]);
    if (p.length === 0 || q.length === 0) return alignInOrder(p.map(ZERO), q.map(ZERO));
    const { tokens, isGuess } = elementTokens(a, b);
    return alignInOrder(...tokens, isGuess);
  }

  /** @param rule a rule that excuses this difference */
  #report(
    finding: Finding & Pick<BodyDifference, 'lengths' | 'extents'>,
    path: Path | null,
    x: Node | null,
    y: Node | null,
    rule?: string,
  ): Alike | null {
    const pointer = pointerTo(path, x === null ? 'candidate' : 'stable');
    const other = pointerTo(path, y === null ? 'stable' : 'candidate');
    const extent = x === null ? undefined : this.#unrelated.get(x);
    const extents = extent === undefined ? finding.extents : [extent];
    const found: BodyDifference = {
      in: 'body',
      pointer,
      ...(other === pointer || x === null ? {} : { candidatePointer: other }),
      ...(finding.lengths === undefined ? {} : { lengths: finding.lengths }),
      ...(extents === undefined ? {} : { extents }),
      stable: x === null ? null : excerpt(rawOf(this.#a, x)),
      candidate: y === null ? null : excerpt(rawOf(this.#b, y)),
      ...why(finding.cause, finding.advice),
    };
    const difference = this.#ofStrangers ? ofShape(found) : found;
    if (difference === null) return null;
    if (rule !== undefined) return this.#found.add({ ...difference, severity: 'noise', rule });
    return this.#found.add(this.#rules?.judge(difference) ?? difference);
  }
}

/** The difference of two entries of a map, if it is one of their shapes. */
function ofShape(difference: BodyDifference): BodyDifference | null {
  if (difference.lengths !== undefined) return null;
  const varied = varying(difference);
  return isOfValues(difference) && varied.cause !== 'format' ? null : varied;
}

/** The other members of the side that has the envelope. */
function besides(envelope: Node, keys: readonly Node[], outer: Side, paired: ReadonlySet<string>): Unpaired {
  const others = keys.filter((key) => key !== envelope);
  return outer === 'stable' ? { onlyA: others, onlyB: [], paired } : { onlyA: [], onlyB: others, paired };
}

const ZERO = () => 0;
const ENTRY: readonly Extent[] = ['entry'];
const OTHER_IDS: Finding = {
  cause: 'format' satisfies Cause,
  advice: 'The ids that name the entries of this map are of another kind; draw them as stable does.',
};
const DUPLICATE: Finding = { cause: 'duplicate-key' satisfies Cause };
