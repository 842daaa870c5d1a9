/**
 * The summary of a set of compared captures by route and cause, with the first few of each by their position in the
 * input. Merging is commutative and associative, so the input may be split anywhere and compared in any order. It is
 * filled in place, because copying it for each of a million captures would cost more than comparing them.
 */

import type { CaptureRecord } from '../../capture/format/index.ts';
import type { Side } from '../../sides/index.ts';
import type { Cause, Severity } from '../causes/index.ts';
import { type Comparison, totalMs } from '../compare/index.ts';
import { type Difference, placeOf } from '../model/index.ts';
import { addRoots, emptyRoots, mergeRoots, type Roots } from '../roots/index.ts';
import { bucketOf } from './histogram.ts';

/** A position: index of the input, and the line or HAR entry within it, from 1. */
export interface Position {
  readonly source: number;
  readonly line: number;
}

/** How many samples are kept of each cause, and of items that could not be compared. */
export const SAMPLES = { cause: 3, unreadable: 20, unpaired: 5 } as const;

/** How often something occurred, and the first few occurrences. */
export interface Counted<T extends { readonly at: Position }> {
  count: number;
  first: T[];
}

export interface CauseSample {
  readonly at: Position;
  readonly requestId: string;
  readonly target: string;
  readonly place: string;
  readonly stable: string | null;
  readonly candidate: string | null;
  readonly advice: string;
}

export interface CauseSummary {
  readonly cause: Cause;
  /** Rules may give the same cause different severities. */
  readonly severity: Severity;
  /** Number of differences; `pairs.count` is the number of pairs that have them. */
  differences: number;
  readonly pairs: Counted<CauseSample>;
}

export interface RouteSummary {
  readonly verdicts: Record<Comparison['verdict'], number>;
  newErrors: number;
  /** By severity and cause. */
  readonly causes: Map<string, CauseSummary>;
  /** Bucket (parity/tally/histogram.ts) → count. */
  readonly stableLatency: Map<number, number>;
  readonly candidateLatency: Map<number, number>;
}

export interface Unreadable {
  readonly at: Position;
  readonly reason: string;
}

export interface Unpaired {
  readonly at: Position;
  readonly requestId: string;
  readonly route: string;
}

export interface Summary {
  readonly routes: Map<string, RouteSummary>;
  /** What would have to be changed, across routes. */
  readonly roots: Roots;
  readonly unreadable: Counted<Unreadable>;
  /** For two logs: requests that occur in only one of them. */
  readonly unpaired: { readonly stable: Counted<Unpaired>; readonly candidate: Counted<Unpaired> };
  /** Pairs of two logs that were matched by method, URL and order, because they have no request id. */
  byOrder: number;
  /** Ids of the rules that determined the severity of a difference. */
  readonly ruled: Set<string>;
}

export function emptySummary(): Summary {
  return {
    routes: new Map(),
    roots: emptyRoots(),
    unreadable: { count: 0, first: [] },
    unpaired: { stable: { count: 0, first: [] }, candidate: { count: 0, first: [] } },
    byOrder: 0,
    ruled: new Set(),
  };
}

export function addCapture(summary: Summary, record: CaptureRecord, comparison: Comparison, at: Position): void {
  const route = entry(summary.routes, comparison.route, emptyRoute);
  addRoots(summary.roots, record, comparison, at);
  route.verdicts[comparison.verdict]++;
  if (comparison.newError) route.newErrors++;
  addLatency(route.stableLatency, totalMs(record.stable));
  addLatency(route.candidateLatency, totalMs(record.candidate));
  const inThisPair = new Set<string>();
  for (const difference of comparison.differences) {
    if (difference.rule !== undefined) summary.ruled.add(difference.rule);
    const key = keyOf(difference);
    const cause = entry(route.causes, key, () => emptyCause(difference));
    cause.differences++;
    if (inThisPair.has(key)) continue;
    inThisPair.add(key);
    const { requestId, request } = record;
    const [stable, candidate] = [textOf(difference.stable), textOf(difference.candidate)];
    const [place, { advice }] = [placeOf(difference), difference];
    note(cause.pairs, { at, requestId, target: request.target, place, stable, candidate, advice }, SAMPLES.cause);
  }
}

export function addUnreadable(summary: Summary, at: Position, reason: string): void {
  note(summary.unreadable, { at, reason }, SAMPLES.unreadable);
}

export function addUnpaired(summary: Summary, side: Side, unpaired: Unpaired): void {
  note(summary.unpaired[side], unpaired, SAMPLES.unpaired);
}

/** Adds `from` to `into`; `from` must not be used afterwards. */
export function mergeInto(into: Summary, from: Summary): void {
  for (const [name, theirs] of from.routes) {
    const ours = into.routes.get(name);
    if (ours === undefined) into.routes.set(name, theirs);
    else mergeRoute(ours, theirs);
  }
  mergeRoots(into.roots, from.roots);
  mergeCounted(into.unreadable, from.unreadable, SAMPLES.unreadable);
  mergeCounted(into.unpaired.stable, from.unpaired.stable, SAMPLES.unpaired);
  mergeCounted(into.unpaired.candidate, from.unpaired.candidate, SAMPLES.unpaired);
  into.byOrder += from.byOrder;
  for (const id of from.ruled) into.ruled.add(id);
}

function mergeRoute(into: RouteSummary, from: RouteSummary): void {
  const { verdicts } = into;
  verdicts.same += from.verdicts.same;
  verdicts.benign += from.verdicts.benign;
  verdicts.undecided += from.verdicts.undecided;
  verdicts.breaking += from.verdicts.breaking;
  verdicts.unmatched += from.verdicts.unmatched;
  into.newErrors += from.newErrors;
  for (const [key, theirs] of from.causes) {
    const ours = into.causes.get(key);
    if (ours === undefined) {
      into.causes.set(key, theirs);
      continue;
    }
    ours.differences += theirs.differences;
    mergeCounted(ours.pairs, theirs.pairs, SAMPLES.cause);
  }
  for (const [bucket, count] of from.stableLatency) add(into.stableLatency, bucket, count);
  for (const [bucket, count] of from.candidateLatency) add(into.candidateLatency, bucket, count);
}

function note<T extends { readonly at: Position }>(counted: Counted<T>, found: T, limit: number): void {
  counted.count++;
  const last = counted.first.at(-1);
  if (counted.first.length >= limit && last !== undefined && byPosition(last, found) <= 0) return;
  counted.first = [...counted.first, found].sort(byPosition).slice(0, limit);
}

function mergeCounted<T extends { readonly at: Position }>(into: Counted<T>, from: Counted<T>, limit: number): void {
  into.count += from.count;
  if (from.first.length > 0) into.first = [...into.first, ...from.first].sort(byPosition).slice(0, limit);
}

export function byPosition(a: { readonly at: Position }, b: { readonly at: Position }): number {
  return a.at.source - b.at.source || a.at.line - b.at.line;
}

function emptyRoute(): RouteSummary {
  return {
    verdicts: { same: 0, benign: 0, undecided: 0, breaking: 0, unmatched: 0 },
    newErrors: 0,
    causes: new Map(),
    stableLatency: new Map(),
    candidateLatency: new Map(),
  };
}

function emptyCause(difference: Difference): CauseSummary {
  return { cause: difference.cause, severity: difference.severity, differences: 0, pairs: { count: 0, first: [] } };
}

function keyOf(difference: Difference): string {
  return `${difference.severity} ${difference.cause}`;
}

function addLatency(histogram: Map<number, number>, ms: number | null): void {
  if (ms !== null) add(histogram, bucketOf(ms), 1);
}

function add(histogram: Map<number, number>, bucket: number, count: number): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value);
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
