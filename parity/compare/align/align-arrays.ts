/**
 * Pairs the elements of two arrays, so that an insertion is reported as one insertion and not as a change of everything
 * after it.
 */
import { shortestEdit } from './shortest-edit.ts';

/** Uses typed arrays rather than an object for each element, because arrays may have a million elements. */
export interface Alignment {
  /** For each element of the first array, the index of its partner in the second one, or {@link NO_PARTNER}. */
  readonly partner: Int32Array;
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
  /** Whether elements that occur in both arrays are in a different order. */
  readonly moved: boolean;
}

/** One number per element; equal numbers mean equal elements. */
type Tokens = readonly number[];

/**
 * Keeps the order as far as possible. Elements that occur in both arrays at other places have moved; the remaining
 * elements between the same neighbours are paired as changed. Aligning b with a yields the same pairs.
 * @param isGuess whether equal tokens may be a coincidence
 */
export function alignInOrder(a: Tokens, b: Tokens, isGuess = false): Alignment {
  const swapped = a.length > b.length || (a.length === b.length && isAfter(a, b));
  return swapped ? turned(align(b, a, isGuess)) : align(a, b, isGuess);
}

/**
 * Ignores order: the n-th occurrence of a token is paired with the n-th.
 * @param pairRest whether elements without a partner are paired in turn, as changed
 */
export function alignUnordered(a: Tokens, b: Tokens, pairRest: boolean): Alignment {
  const partner = byOccurrence(a, b);
  const moved = !isAscending(partner);
  if (pairRest) {
    const free = unused(partner, b.length);
    let next = 0;
    for (let i = 0; i < a.length && next < free.length; i++)
      if (partner[i] === NO_PARTNER) partner[i] = free[next++] ?? NO_PARTNER;
  }
  return toAlignment(partner, b.length, moved);
}

export const NO_PARTNER = -1;

/**
 * If two arrays have the same length and share less than this part of their elements, the elements were replaced and
 * did not move.
 */
const MOVED_ON = 1 / 2;

function align(a: Tokens, b: Tokens, isGuess: boolean): Alignment {
  if (isInPlace(a, b)) return inPlace(a, b);
  const occurrence = byOccurrence(a, b);
  let partner = occurrence;
  let moved = false;
  if (!isAscending(occurrence)) {
    const edit = shortestEdit(a, b);
    partner = edit === null ? ascendingPart(occurrence) : edit;
  }
  const anchors = partner.slice();
  if (partner !== occurrence) moved = addMoved(a, b, partner);
  const matched = partner.reduce((count, j) => (j === NO_PARTNER ? count : count + 1), 0);
  const others = isGuess ? a.length * MOVED_ON : 0;
  if (a.length === b.length && (samePlaces(a, b) >= matched || matched < others)) return inPlace(a, b);
  pairBetween(anchors, partner, b.length);
  return toAlignment(partner, b.length, moved);
}

/**
 * Whether no element that differs in its own place occurs anywhere on the other side, so that no alignment is needed.
 */
function isInPlace(a: Tokens, b: Tokens): boolean {
  if (a.length !== b.length) return false;
  const left = new Set<number>();
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) left.add(a[i] ?? 0);
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i] && left.has(b[i] ?? 0)) return false;
  return true;
}

function inPlace(a: Tokens, b: Tokens): Alignment {
  const partner = new Int32Array(a.length);
  for (let i = 0; i < partner.length; i++) partner[i] = i;
  return toAlignment(partner, b.length, false);
}

/** Pairs the n-th occurrence of each token in `a` with the n-th in `b`. */
function byOccurrence(a: Tokens, b: Tokens): Int32Array {
  /** For each token its first unused place, and for each place the next one with the same token. */
  const first = new Map<number, number>();
  const next = new Int32Array(b.length);
  for (let j = b.length - 1; j >= 0; j--) {
    const token = b[j] ?? 0;
    next[j] = first.get(token) ?? NO_PARTNER;
    first.set(token, j);
  }
  const partner = new Int32Array(a.length);
  for (let i = 0; i < partner.length; i++) {
    const token = a[i] ?? 0;
    const j = first.get(token) ?? NO_PARTNER;
    if (j !== NO_PARTNER) first.set(token, next[j] ?? NO_PARTNER);
    partner[i] = j;
  }
  return partner;
}

/** Pairs the remaining equal elements of both sides. @returns whether there were any */
function addMoved(a: Tokens, b: Tokens, partner: Int32Array): boolean {
  const freeA: number[] = [];
  for (let i = 0; i < partner.length; i++) if (partner[i] === NO_PARTNER) freeA.push(i);
  const freeB = unused(partner, b.length);
  const moved = byOccurrence(
    freeA.map((i) => a[i] ?? 0),
    freeB.map((j) => b[j] ?? 0),
  );
  for (let n = 0; n < moved.length; n++) {
    const at = moved[n] ?? NO_PARTNER;
    if (at !== NO_PARTNER) partner[freeA[n] ?? 0] = freeB[at] ?? NO_PARTNER;
  }
  return moved.some((at) => at !== NO_PARTNER);
}

/** Pairs the elements without a partner between two anchors, in order. */
function pairBetween(anchors: Int32Array, partner: Int32Array, length: number): void {
  const taken = takenBy(partner, length);
  let end = length;
  /** For each index of `a`, the position of the next anchor in `b`. */
  const ends = new Int32Array(anchors.length);
  for (let i = anchors.length - 1; i >= 0; i--) {
    const anchor = anchors[i] ?? NO_PARTNER;
    ends[i] = end = anchor === NO_PARTNER ? end : anchor;
  }
  let j = 0;
  for (let i = 0; i < partner.length; i++) {
    const anchor = anchors[i] ?? NO_PARTNER;
    if (anchor !== NO_PARTNER) j = anchor + 1;
    if (partner[i] !== NO_PARTNER) continue;
    while (j < (ends[i] ?? 0) && taken[j] === 1) j++;
    if (j < (ends[i] ?? 0)) partner[i] = j++;
  }
}

function ascendingPart(partner: Int32Array): Int32Array {
  let last = NO_PARTNER;
  return partner.map((j) => {
    if (j <= last) return NO_PARTNER;
    last = j;
    return j;
  });
}

function isAscending(partner: Int32Array): boolean {
  let last = NO_PARTNER;
  for (const j of partner) {
    if (j === NO_PARTNER) continue;
    if (j < last) return false;
    last = j;
  }
  return true;
}

function samePlaces(a: Tokens, b: Tokens): number {
  let same = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++;
  return same;
}

function unused(partner: Int32Array, length: number): number[] {
  const taken = takenBy(partner, length);
  const free: number[] = [];
  for (let j = 0; j < length; j++) if (taken[j] !== 1) free.push(j);
  return free;
}

/**
 * For each index of the other array, 1 if it has a partner. One byte each, because arrays may have a million elements.
 */
function takenBy(partner: Int32Array, length: number): Uint8Array {
  const taken = new Uint8Array(length);
  for (const j of partner) if (j !== NO_PARTNER) taken[j] = 1;
  return taken;
}

function toAlignment(partner: Int32Array, length: number, moved: boolean): Alignment {
  const onlyA: number[] = [];
  for (let i = 0; i < partner.length; i++) if (partner[i] === NO_PARTNER) onlyA.push(i);
  return { partner, onlyA, onlyB: unused(partner, length), moved };
}

function turned({ partner, onlyA, onlyB, moved }: Alignment): Alignment {
  const back = new Int32Array(partner.length - onlyA.length + onlyB.length).fill(NO_PARTNER);
  for (let i = 0; i < partner.length; i++) {
    const j = partner[i] ?? NO_PARTNER;
    if (j !== NO_PARTNER) back[j] = i;
  }
  return { partner: back, onlyA: onlyB, onlyB: onlyA, moved };
}

function isAfter(a: Tokens, b: Tokens): boolean {
  const i = a.findIndex((token, at) => token !== b[at]);
  return i >= 0 && (a[i] ?? 0) > (b[i] ?? 0);
}
