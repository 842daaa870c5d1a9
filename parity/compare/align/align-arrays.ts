/** Which element of one array answers to which of another: an insertion is one insertion, not a change of all that follows. */
import { shortestEdit } from './shortest-edit.ts';

export interface Alignment {
  /** Indices, ascending by the first array's. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
  /** Elements that are in both arrays stand in another order. */
  readonly moved: boolean;
}

/** A number for each element; equal numbers mean the same element. */
type Tokens = readonly number[];

/**
 * In order as far as possible; what is in both but elsewhere has moved; what is left between the same neighbours is paired, as
 * changed. Aligning b with a gives the same pairs.
 */
export function alignInOrder(a: Tokens, b: Tokens): Alignment {
  const swapped = a.length > b.length || (a.length === b.length && isAfter(a, b));
  return swapped ? turned(align(b, a)) : align(a, b);
}

/** Whatever their order: the n-th of a token to the n-th. `pairRest`: those without a partner are paired in turn, as changed. */
export function alignUnordered(a: Tokens, b: Tokens, pairRest: boolean): Alignment {
  const partner = byOccurrence(a, b);
  const moved = !isAscending(partner);
  if (pairRest) {
    const free = unused(partner, b.length);
    let next = 0;
    for (let i = 0; i < a.length && next < free.length; i++) if (partner[i] === NONE) partner[i] = free[next++] ?? NONE;
  }
  return toAlignment(partner, b.length, moved);
}

const NONE = -1;

function align(a: Tokens, b: Tokens): Alignment {
  const occurrence = byOccurrence(a, b);
  let partner = occurrence;
  let moved = false;
  if (!isAscending(occurrence)) {
    const edit = shortestEdit(a, b);
    partner = edit === null ? ascendingPart(occurrence) : edit;
  }
  const anchors = partner.slice();
  if (partner !== occurrence) moved = addMoved(a, b, partner);
  const matched = partner.filter((j) => j !== NONE).length;
  if (a.length === b.length && samePlaces(a, b) >= matched)
    return toAlignment(
      Int32Array.from(a, (_, i) => i),
      b.length,
      false,
    );
  pairBetween(anchors, partner, b.length);
  return toAlignment(partner, b.length, moved);
}

/** The n-th of a token in `a` to the n-th in `b`. */
function byOccurrence(a: Tokens, b: Tokens): Int32Array {
  const places = new Map<number, number[]>();
  for (let j = b.length - 1; j >= 0; j--) {
    const token = b[j] ?? 0;
    const known = places.get(token);
    if (known === undefined) places.set(token, [j]);
    else known.push(j);
  }
  return Int32Array.from(a, (token) => places.get(token)?.pop() ?? NONE);
}

/** Pairs what is left on both sides and equal; whether there was any. */
function addMoved(a: Tokens, b: Tokens, partner: Int32Array): boolean {
  const freeA = [...partner.keys()].filter((i) => partner[i] === NONE);
  const freeB = unused(partner, b.length);
  const moved = byOccurrence(
    freeA.map((i) => a[i] ?? 0),
    freeB.map((j) => b[j] ?? 0),
  );
  for (const [n, at] of moved.entries()) if (at !== NONE) partner[freeA[n] ?? 0] = freeB[at] ?? NONE;
  return moved.some((at) => at !== NONE);
}

/** Between two anchors, the first without a partner to the first without one. */
function pairBetween(anchors: Int32Array, partner: Int32Array, length: number): void {
  const taken = takenBy(partner, length);
  let end = length;
  /** By index of `a`: where the next anchor is in `b`. */
  const ends = anchors
    .slice()
    .reverse()
    .map((j) => (end = j === NONE ? end : j))
    .reverse();
  let j = 0;
  for (let i = 0; i < partner.length; i++) {
    const anchor = anchors[i] ?? NONE;
    if (anchor !== NONE) j = anchor + 1;
    if (partner[i] !== NONE) continue;
    while (j < (ends[i] ?? 0) && taken[j] === 1) j++;
    if (j < (ends[i] ?? 0)) partner[i] = j++;
  }
}

function ascendingPart(partner: Int32Array): Int32Array {
  let last = NONE;
  return partner.map((j) => {
    if (j <= last) return NONE;
    last = j;
    return j;
  });
}

function isAscending(partner: Int32Array): boolean {
  let last = NONE;
  for (const j of partner) {
    if (j === NONE) continue;
    if (j < last) return false;
    last = j;
  }
  return true;
}

function samePlaces(a: Tokens, b: Tokens): number {
  return a.filter((token, i) => token === b[i]).length;
}

function unused(partner: Int32Array, length: number): number[] {
  const taken = takenBy(partner, length);
  const free: number[] = [];
  for (let j = 0; j < length; j++) if (taken[j] !== 1) free.push(j);
  return free;
}

/** By index of the other array: 1 where it has a partner. A byte each, for arrays may have a million elements. */
function takenBy(partner: Int32Array, length: number): Uint8Array {
  const taken = new Uint8Array(length);
  for (const j of partner) if (j !== NONE) taken[j] = 1;
  return taken;
}

function toAlignment(partner: Int32Array, length: number, moved: boolean): Alignment {
  const pairs: [number, number][] = [];
  const onlyA: number[] = [];
  for (const [i, j] of partner.entries()) {
    if (j === NONE) onlyA.push(i);
    else pairs.push([i, j]);
  }
  return { pairs, onlyA, onlyB: unused(partner, length), moved };
}

function turned({ pairs, onlyA, onlyB, moved }: Alignment): Alignment {
  const ascending = pairs.map(([i, j]) => [j, i] as const).sort(([i], [j]) => i - j);
  return { pairs: ascending, onlyA: onlyB, onlyB: onlyA, moved };
}

function isAfter(a: Tokens, b: Tokens): boolean {
  const i = a.findIndex((token, at) => token !== b[at]);
  return i >= 0 && (a[i] ?? 0) > (b[i] ?? 0);
}
