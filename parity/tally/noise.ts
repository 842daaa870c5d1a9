/**
 * Learns what varies by itself, by route and place, from a second answer of stable to the same request (the record's
 * `noise` leg). Such a difference is suppressed only in the aspect that varies ({@link aspectOf}), only after stable
 * has varied in {@link LEAST_VARIED} captures, and only while the candidate does not differ more often.
 */

import type { CaptureRecord } from '../../capture/format/index.ts';
import { standsAgainst } from '../causes/index.ts';
import type { Compare, Comparison } from '../compare/index.ts';
import {
  type Difference,
  type Extent,
  entriesBeside,
  generalPlace,
  isChoice,
  isExtent,
  placeOfSiblings,
} from '../model/index.ts';
import { type CompiledRules, varying } from '../rules/index.ts';
import { adviceOn, aspectOf, baseOf, excusing, extentsIn, learnedFrom, ofKeys, sentInstead } from './aspect.ts';
import { smallestKeys, smallestOf, unionOf } from './smallest-keys.ts';

/**
 * In how many records a place differed in one aspect, among records with a candidate's answer and a second stable
 * answer.
 */
export interface NoiseCount {
  /** Records in which both the second stable answer and the candidate's differ from the first. */
  readonly both: number;
  readonly onlyStable: number;
  readonly onlyCandidate: number;
}

export interface RouteNoise {
  /** Records with two stable answers. */
  readonly records: number;
  /** By place and aspect, `body/items/*\/id value`. */
  readonly counts: Readonly<Record<string, NoiseCount>>;
}

/** By route. Plain JSON. */
export type NoiseModel = Readonly<Record<string, RouteNoise>>;

export const NO_NOISE: NoiseModel = {};

/**
 * For each route, the first so many places by name are kept, and for the model the first so many routes. Merging in any
 * order keeps the same ones.
 */
export const MAX_PLACES = 1000;
export const MAX_NOISE_ROUTES = 1000;

/**
 * What one record contributes; nothing if it has no second stable answer.
 * ⏎ @param compare with the same rules, but without noise
 * ⏎ @param comparison of the record by `compare`, if it exists already
 */
export function noiseOf(record: CaptureRecord, compare: Compare, comparison?: Comparison): NoiseModel {
  const { noise, stable, candidate, route } = record;
  if (noise?.outcome !== 'response' || stable.outcome !== 'response' || candidate.outcome !== 'response')
    return NO_NOISE;
  const again = keysOf(compare({ ...record, candidate: noise }).differences);
  const other = keysOf((comparison ?? compare(record)).differences);
  const counts: Record<string, NoiseCount> = {};
  for (const key of new Set([...again, ...other])) {
    const [inStable, inCandidate] = [again.has(key), other.has(key)];
    counts[key] = {
      both: inStable && inCandidate ? 1 : 0,
      onlyStable: inStable && !inCandidate ? 1 : 0,
      onlyCandidate: inCandidate && !inStable ? 1 : 0,
    };
  }
  return { [route]: { records: 1, counts: smallestKeys(counts, MAX_PLACES) } };
}

/** Commutative and associative, with {@link NO_NOISE} as its zero. */
export function mergeNoise(a: NoiseModel, b: NoiseModel): NoiseModel {
  return sumNoise([a, b]);
}

function sumNoise(models: readonly NoiseModel[]): NoiseModel {
  const routes = new Map<string, RouteNoise[]>();
  for (const model of models) {
    for (const [route, noise] of Object.entries(model)) {
      const known = routes.get(route);
      if (known === undefined) routes.set(route, [noise]);
      else known.push(noise);
    }
  }
  const kept = smallestOf(routes, MAX_NOISE_ROUTES);
  return Object.fromEntries([...kept].map(([route, parts]) => [route, sumRouteNoise(parts, MAX_PLACES)]));
}

/**
 * Collects models of many captures and merges them in groups, because each merge costs as much as the accumulated model
 * is large.
 */
export class GatheredNoise {
  #known = NO_NOISE;
  #waiting: NoiseModel[] = [];

  add(model: NoiseModel): void {
    this.#waiting.push(model);
    if (this.#waiting.length >= TOGETHER) this.#settle();
  }

  get model(): NoiseModel {
    this.#settle();
    return this.#known;
  }

  #settle(): void {
    this.#known = sumNoise([this.#known, ...this.#waiting]);
    this.#waiting = [];
  }
}

const TOGETHER = 256;

/** @param most how many places are kept */
export function sumRouteNoise(parts: readonly RouteNoise[], most: number): RouteNoise {
  const counts = unionOf(
    parts.map((part) => part.counts),
    sumOf,
  );
  return {
    records: parts.reduce((records, part) => records + part.records, 0),
    counts: Object.fromEntries(smallestOf(counts, most)),
  };
}

/** Adds to `rules` what the model has learned, with severity `noise`. */
export function withNoise(rules: CompiledRules, model: NoiseModel): CompiledRules {
  return {
    expired: rules.expired,
    forRoute(route) {
      const ruled = rules.forRoute(route);
      const counts = Object.hasOwn(model, route) ? (model[route]?.counts ?? {}) : {};
      return {
        arrayRule: (pointer) => ruled.arrayRule(pointer),
        judge<D extends Difference>(difference: D): D {
          const judged = ruled.judge(difference);
          if (judged.rule !== undefined || !standsAgainst(judged.severity)) return judged;
          if (isNoise(counts, judged)) return { ...judged, severity: 'noise' };
          const advice = adviceBesideNoise(counts, judged);
          return advice === null ? judged : { ...judged, advice };
        },
      };
    },
  };
}

export interface NoisyPlace extends NoiseCount {
  readonly route: string;
  /** See {@link RouteNoise.counts}. */
  readonly place: string;
  readonly records: number;
  /**
   * False if the candidate differs there more often than stable differs from itself, or if the difference could not be
   * compared.
   */
  readonly suppressed: boolean;
  /** Whether stable varied there in fewer than {@link LEAST_VARIED} captures, which excuses nothing. */
  readonly tooFew: boolean;
}

/** Every place in which stable has varied, with its counts. Extents are read with the value to which they belong. */
export function noisyPlaces(model: NoiseModel): NoisyPlace[] {
  return Object.entries(model).flatMap(([route, { records, counts }]) =>
    Object.entries(counts)
      .filter(([place, count]) => varied(count) > 0 && !isExtent(placeAndAspect(place)[1]))
      .map(([place, count]) => ({
        route,
        place,
        records,
        ...count,
        suppressed: isSuppressed(counts, ...placeAndAspect(place)),
        tooFew: varied(count) < LEAST_VARIED && !isSuppressed(counts, ...placeAndAspect(place)),
      })),
  );
}

function isNoise(counts: RouteNoise['counts'], difference: Difference): boolean {
  return isSuppressed(counts, generalPlace(difference), aspectOf(difference));
}

/**
 * What an owner must know who would take the difference for noise, because the value varies there; null: it does not.
 */
function adviceBesideNoise(counts: RouteNoise['counts'], difference: Difference): string | null {
  const [place, aspect] = [generalPlace(difference), aspectOf(difference)];
  const base = baseOf(aspect);
  if (!isSuppressedAt(counts, place, base)) {
    return base === 'format' && isSuppressedAt(counts, place, 'value') ? varying(difference).advice : null;
  }
  const lost = extentsIn(aspect).find((extent) => !mayVary(extent, countOf(counts, place, extent)));
  return lost === undefined ? null : adviceOn(lost);
}

/**
 * Whether the counts make a difference with that location ({@link generalPlace}) and aspect ({@link aspectOf}) noise.
 */
export function isSuppressed(counts: RouteNoise['counts'], place: string, aspect: string): boolean {
  const siblings = ofKeys(aspect) ? siblingsOf(counts, place, aspect) : null;
  return isSuppressedAt(counts, place, aspect) || (siblings !== null && isSuppressedAt(counts, siblings, aspect));
}

/**
 * All entries of a map as one place, if the place is an entry: by the look of its name, or because no other answer
 * repeats a name.
 */
function siblingsOf(counts: RouteNoise['counts'], place: string, aspect: string): string | null {
  if (!extentsIn(aspect).includes('entry')) return placeOfSiblings(place);
  const known = countOf(counts, place, baseOf(aspect)) ?? NEVER;
  return known.both + known.onlyStable + known.onlyCandidate < LEAST_REPEATED ? entriesBeside(place) : null;
}

/** Ids that are drawn at random are drawn again only by chance; a name that comes again is no id. */
const LEAST_REPEATED = 3;

function isSuppressedAt(counts: RouteNoise['counts'], place: string, aspect: string): boolean {
  const at = (one: string) => countOf(counts, place, one);
  // The order of stable's two answers means nothing: to lack in the second varies as to lack in the first.
  const varies = (one: string) =>
    totalOf([one, ...sentInstead(one)].map(at), varied) >= LEAST_VARIED && !candidateVariesMore(at(one) ?? NEVER);
  const base = baseOf(aspect);
  const isExcused =
    isExtent(base) ||
    excusing(base).some(varies) ||
    (extentsIn(aspect).includes('code') && varies('value')) ||
    // Values that are drawn anew have no order.
    (base === 'array-order' &&
      !candidateVariesMore(at(base) ?? NEVER) &&
      isSuppressedAt(counts, `${place}/*`, 'value')) ||
    (varies(base) && totalOf(sentInstead(base).map(at), byCandidate) >= LEAST_SENT);
  return isExcused && extentsIn(aspect).every((extent) => mayVary(extent, at(extent)));
}

/**
 * Whether an extent of a value that varies may be another one. Values of one kind happen to be a hundred times as
 * large, or twice as long, so that only a candidate counts of which more are. A sign that stable never changes may be
 * chance once.
 */
function mayVary(extent: Extent, count: NoiseCount | null): boolean {
  if (count === null) return true;
  if (extent === 'sign' && varied(count) === 0) return count.onlyCandidate < 2;
  return !candidateVariesMore(count, isChoice(extent) ? ALPHA_OF_CHOICES : ALPHA);
}

/**
 * What stable sends now and then is noise where the candidate lacks it if the candidate, too, sent it where stable did
 * not: more than once, for once may be chance. How often is for McNemar's test.
 */
const LEAST_SENT = 2;

const NEVER: NoiseCount = { both: 0, onlyStable: 0, onlyCandidate: 0 };
const byCandidate = ({ both, onlyCandidate }: NoiseCount) => both + onlyCandidate;
const totalOf = (counts: readonly (NoiseCount | null)[], of: (count: NoiseCount) => number) =>
  counts.reduce((sum, count) => sum + of(count ?? NEVER), 0);

function countOf(counts: RouteNoise['counts'], place: string, aspect: string): NoiseCount | null {
  const key = keyOf(place, aspect);
  return Object.hasOwn(counts, key) ? (counts[key] ?? null) : null;
}

/**
 * Captures in which the stable side must have varied at a place before anything is suppressed there. The exact 95 %
 * interval of a rate that was met five times is 1.6 to 11.7 times (Poisson); met once it is 0.03 to 5.6, which tells a
 * flap from a field that always varies no better than by a factor of 200. And of five captures that all vary the share
 * that varies is at least 55 % (0.05^(1/5), exact binomial): more often than not.
 */
export const LEAST_VARIED = 5;

function varied({ both, onlyStable }: NoiseCount): number {
  return both + onlyStable;
}

/** Probability of reporting a location at which the candidate varies exactly like stable, at one evaluation. */
const ALPHA = 0.01;
/** A place has many choices, each of which is tested. */
const ALPHA_OF_CHOICES = 0.001;

/**
 * McNemar's test: if the candidate is like the stable side, the second stable answer and the candidate's are
 * exchangeable, so that of the records in which only one of the two differs half are the candidate's. The tail of the
 * binomial distribution is bounded after Chernoff, exp(−n·KL(k/n ‖ ½)), which never rejects more often than the exact
 * test.
 */
function candidateVariesMore({ onlyStable, onlyCandidate }: NoiseCount, alpha = ALPHA): boolean {
  const n = onlyStable + onlyCandidate;
  if (onlyCandidate * 2 <= n) return false;
  const entropy = (p: number) => (p === 0 ? 0 : -p * Math.log(p));
  const divergence = Math.LN2 - entropy(onlyCandidate / n) - entropy(onlyStable / n);
  return Math.exp(-n * divergence) < alpha;
}

function keysOf(differences: readonly Difference[]): Set<string> {
  const counted = differences.filter((d) => standsAgainst(d.severity));
  return new Set(
    counted.flatMap((difference) => {
      const [place, aspects] = [generalPlace(difference), learnedFrom(difference)];
      const entries = aspects.includes('entry') ? aspects.map((aspect) => keyOf(entriesBeside(place), aspect)) : [];
      return [...aspects.filter((aspect) => aspect !== 'entry').map((aspect) => keyOf(place, aspect)), ...entries];
    }),
  );
}

function keyOf(place: string, aspect: string): string {
  return `${place} ${aspect}`;
}

/** Splits what {@link keyOf} joined; an aspect contains no space. */
function placeAndAspect(key: string): [place: string, aspect: string] {
  const space = key.lastIndexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

function sumOf(a: NoiseCount, b: NoiseCount): NoiseCount {
  return {
    both: a.both + b.both,
    onlyStable: a.onlyStable + b.onlyStable,
    onlyCandidate: a.onlyCandidate + b.onlyCandidate,
  };
}
