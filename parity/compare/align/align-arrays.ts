/** Which element of one array answers to which of another: an insertion is one insertion, not a change of all that follows. */
import { shortestEdit } from './shortest-edit.ts';

/** Arrays may have a million elements: no object stands for one of them. */
export interface Alignment {
  /** For each of the first array its partner's index in the second one, or {@link NO_PARTNER}. */
  readonly partner: Int32Array;
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
 * @param isWhole a token is all that its element says, so that one in both may be there by chance
 */
export function alignInOrder(a: Tokens, b: Tokens, isWhole = false): Alignment {
  const swapped = a.length > b.length || (a.length === b.length && isAfter(a, b));
  return swapped ? turned(align(b, a, isWhole)) : align(a, b, isWhole);
}

/** Whatever their order: the n-th of a token to the n-th. `pairRest`: those without a partner are paired in turn, as changed. */
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

/** An array of the same length of whose elements fewer are in both has other elements; its own have not moved on. */
const MOVED_ON = 1 / 2;

function align(a: Tokens, b: Tokens, isWhole: boolean): Alignment {
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
  const others = isWhole ? a.length * MOVED_ON : 0;
  if (a.length === b.length && (samePlaces(a, b) >= matched || matched < others)) return inPlace(a, b);
  pairBetween(anchors, partner, b.length);
  return toAlignment(partner, b.length, moved);
}

/** Whether nothing that is not at its own place on one side stands anywhere on the other: no order of elements needs to be looked for. */
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

/** The n-th of a token in `a` to the n-th in `b`. */
function byOccurrence(a: Tokens, b: Tokens): Int32Array {
  /** By token its first place that is not given away, and by place the next one of its token. */
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

/** Pairs what is left on both sides and equal; whether there was any. */
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

/** Between two anchors, the first without a partner to the first without one. */
function pairBetween(anchors: Int32Array, partner: Int32Array, length: number): void {
  const taken = takenBy(partner, length);
  let end = length;
  /** By index of `a`: where the next anchor is in `b`. */
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

/** By index of the other array: 1 where it has a partner. A byte each, for arrays may have a million elements. */
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
