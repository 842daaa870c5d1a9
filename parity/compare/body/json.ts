/**
 * Compares two JSON texts and reports every place where they differ, with the cause. Numbers are compared exactly, keys
 * may be in any order, and array elements are aligned. Never throws. Time is linear in the length of the texts, except
 * for the bounded alignment of arrays.
 */

import {
  after,
  endOf,
  pointerOf,
  ROOT,
  rawOf,
  retelling,
  SameMeaning,
  type Spacing,
  STRIDE,
  sharedEnds,
  spaceWriting,
  startOf,
  tokenize,
} from '../../../json/index.ts';
import type { Cause } from '../../causes/index.ts';
import { type BodyDifference, excerpt, Found, why } from '../../model/index.ts';
import type { BodyRules } from '../../rules/index.ts';
import { JsonWalk } from './json-walk.ts';

export { MAX_DIFFERENCES } from '../../model/index.ts';

/**
 * Reused for the tokens of each text, because allocating costs more than reading a short text. Nothing in it outlives a
 * comparison.
 */
const ROOM = new Int32Array(STRIDE * 4096);

/**
 * Returns null if one of the texts is not JSON (equal texts are equal, whatever they contain). Swapping `stable` and
 * `candidate` yields the same places, except for differences in notation only, of which the first is reported.
 */
export function compareJson(stable: string, candidate: string, rules?: BodyRules): BodyDifference[] | null {
  if (stable === candidate) return [];
  const a = tokenize(stable, undefined, ROOM);
  if (a === undefined) return null;
  const judged = (difference: BodyDifference) => rules?.judge(difference) ?? difference;
  const ends = sharedEnds(stable, candidate);
  const mostlyShared = (ends.prefix + ends.suffix) * 2 > stable.length;
  const retold = mostlyShared ? null : retelling(a, candidate);
  if (retold !== null) {
    // A single difference needs no counting.
    return [
      ...retold.notes.map(({ cause, node, raw }) => bodyDifference(cause, pointerOf(a, node), rawOf(a, node), raw)),
      ...spaceDifferences(a, retold.spacing),
    ].map(judged);
  }
  const b = tokenize(candidate, { doc: a, shared: ends.prefix });
  if (b === undefined) return null;
  const found = new Found();
  const meaning = new SameMeaning(a, b, ends);
  if (!meaning.same(ROOT, ROOT, 0)) new JsonWalk(meaning, found, rules).walk(ROOT, ROOT, null, 0);
  for (const difference of [...writingDifferences(meaning), ...spaceDifferences(a, b)]) found.add(judged(difference));
  return found.differences();
}

/**
 * Whether each text is valid JSON and therefore one element of the array that they form. Parsed as one array, because
 * there may be a million texts.
 */
export function areElements(array: string, texts: readonly string[]): boolean {
  const doc = tokenize(array);
  if (doc === undefined) return false;
  let [element, at] = [ROOT + STRIDE, 1];
  for (const { length } of texts) {
    if (element >= after(doc, ROOT) || startOf(doc, element) < at || endOf(doc, element) > at + length) return false;
    element = after(doc, element);
    at += length + 1;
  }
  return element === after(doc, ROOT);
}

/** @param stable source text; null if the side has no value there @param candidate likewise */
export function bodyDifference(
  cause: Cause,
  pointer: string,
  stable: string | null,
  candidate: string | null,
  advice?: string,
): BodyDifference {
  const short = (text: string | null) => (text === null ? null : excerpt(text));
  return { in: 'body', pointer, stable: short(stable), candidate: short(candidate), ...why(cause, advice) };
}

function writingDifferences({ a, b, writing }: SameMeaning): BodyDifference[] {
  return writing.list.map(({ cause, a: x, b: y }) => {
    const [pointer, candidatePointer] = [pointerOf(a, x), pointerOf(b, y)];
    const difference = bodyDifference(cause, pointer, rawOf(a, x), rawOf(b, y));
    return pointer === candidatePointer ? difference : { ...difference, candidatePointer };
  });
}

function spaceDifferences(a: Spacing, b: Spacing): BodyDifference[] {
  const tail = ({ text, end }: Spacing) => JSON.stringify(text.slice(Math.max(end - 20, 0)));
  return spaceWriting(a, b).map((cause) => bodyDifference(cause, '', tail(a), tail(b)));
}
