/**
 * The root causes of a set of compared captures, each with its places and the first few captures. Merging is
 * commutative and associative.
 */
import type { CaptureRecord } from '../../capture/format/index.ts';
import { type Cause, rankOf, type Severity } from '../causes/index.ts';
import type { Comparison } from '../compare/index.ts';
import { type Difference, excerpt, generalPlace, placeOf } from '../model/index.ts';
import { isKnown } from './known-differences.ts';
import { changeOf, fails, rootKey, subjectOf } from './root-cause.ts';

export interface RootPlace {
  readonly route: string;
  /** With array indices and ids as `*`. */
  readonly place: string;
  /** See {@link changeOf}. */
  readonly change: string;
  /** How many captures differ there. */
  pairs: number;
}

/** The first difference of a capture that has the root cause. */
export interface RootSample {
  /** Index of the input, and the line or entry within it, from 1. */
  readonly at: { readonly source: number; readonly line: number };
  readonly requestId: string;
  readonly route: string;
  readonly request: CaptureRecord['request'];
  readonly place: string;
  /** The {@link RootPlace} to which it belongs. */
  readonly general: string;
  readonly stable: string | null;
  readonly candidate: string | null;
  readonly advice: string;
}

export interface Root {
  readonly cause: Cause;
  readonly severity: Severity;
  /** See {@link subjectOf}. */
  readonly subject: string;
  /** Whether a baseline lists it. */
  readonly known: boolean;
  /** See {@link fails}. */
  readonly fails: boolean;
  differences: number;
  /** How many captures have it. */
  pairs: number;
  readonly places: Map<string, RootPlace>;
  /** In input order. */
  first: readonly RootSample[];
}

export type Roots = Map<string, Root>;

/** Of more root causes, the gravest are kept. */
export const MOST_ROOTS = 2_000;
const MOST = { places: 2_000, samples: 3, bodyBytes: 16 * 1024 } as const;

export function emptyRoots(): Roots {
  return new Map();
}

/** @param at position of the capture in the input */
export function addRoots(roots: Roots, record: CaptureRecord, comparison: Comparison, at: RootSample['at']): void {
  const { route, differences } = comparison;
  const inThisPair = new Set<string>();
  for (const difference of differences) {
    const key = rootKey(difference, route);
    const root = roots.get(key) ?? emptyRoot(difference, route);
    roots.set(key, root);
    root.differences++;
    addPlace(root, difference, route, inThisPair);
    if (inThisPair.has(key)) continue;
    inThisPair.add(key);
    root.pairs++;
    const last = root.first.at(-1);
    if (root.first.length < MOST.samples || (last !== undefined && earlier(at, last.at)))
      root.first = firstOf([...root.first, sampleOf(record, difference, at)]);
  }
  bound(roots, 2 * MOST_ROOTS, MOST_ROOTS);
}

/** Adds `from` to `into`; `from` must not be used afterwards. */
export function mergeRoots(into: Roots, from: Roots): void {
  for (const [key, theirs] of from) {
    const ours = into.get(key);
    if (ours === undefined) {
      into.set(key, theirs);
      continue;
    }
    ours.differences += theirs.differences;
    ours.pairs += theirs.pairs;
    ours.first = firstOf([...ours.first, ...theirs.first]);
    for (const [name, place] of theirs.places) {
      const known = ours.places.get(name);
      if (known === undefined) ours.places.set(name, place);
      else known.pairs += place.pairs;
    }
    bound(ours.places, 2 * MOST.places, MOST.places);
  }
  bound(into, 2 * MOST_ROOTS, MOST_ROOTS);
}

/** By harm, then by traffic: severity, failures, captures, places. */
export function rootsOf(roots: Roots): Root[] {
  bound(roots, MOST_ROOTS, MOST_ROOTS);
  for (const { places } of roots.values()) bound(places, MOST.places, MOST.places);
  return [...roots.values()].sort(
    (a, b) =>
      rankOf(a.severity) - rankOf(b.severity) ||
      Number(b.fails) - Number(a.fails) ||
      b.pairs - a.pairs ||
      b.places.size - a.places.size ||
      (`${a.cause} ${a.subject}` < `${b.cause} ${b.subject}` ? -1 : 1),
  );
}

function emptyRoot(difference: Difference, route: string): Root {
  const { cause, severity } = difference;
  const subject = subjectOf(difference, route);
  return {
    cause,
    severity,
    subject,
    known: isKnown(difference),
    fails: fails(difference),
    differences: 0,
    pairs: 0,
    places: new Map(),
    first: [],
  };
}

function addPlace({ places }: Root, difference: Difference, route: string, inThisPair: Set<string>): void {
  const [place, changed] = [generalPlace(difference), changeOf(difference)];
  const key = JSON.stringify([route, place, changed]);
  const found = places.get(key) ?? { route, place, change: changed, pairs: 0 };
  places.set(key, found);
  const inPair = `${difference.severity} ${difference.cause} ${key}`;
  if (!inThisPair.has(inPair)) found.pairs++;
  inThisPair.add(inPair);
  bound(places, 2 * MOST.places, MOST.places);
}

function sampleOf(
  { requestId, request, route }: CaptureRecord,
  difference: Difference,
  at: RootSample['at'],
): RootSample {
  const { body, ...head } = request;
  return {
    at,
    requestId,
    route,
    request: body === undefined || body.bytes > MOST.bodyBytes ? head : request,
    place: placeOf(difference),
    general: generalPlace(difference),
    stable: textOf(difference.stable),
    candidate: textOf(difference.candidate),
    advice: difference.advice,
  };
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : excerpt(String(value));
}

function firstOf(samples: readonly RootSample[]): RootSample[] {
  return samples.toSorted((a, b) => (earlier(a.at, b.at) ? -1 : 1)).slice(0, MOST.samples);
}

function earlier(a: RootSample['at'], b: RootSample['at']): boolean {
  return (a.source - b.source || a.line - b.line) < 0;
}

/**
 * Keeps the smallest keys. A key that is among them in the end was among them in every part, so its counts are
 * complete.
 */
function bound<T>(map: Map<string, T>, above: number, limit: number): void {
  if (map.size <= above) return;
  for (const key of [...map.keys()].sort().slice(limit)) map.delete(key);
}
