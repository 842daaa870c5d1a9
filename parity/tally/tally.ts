/**
 * Aggregates many comparisons of one route: mergeable counters, sample captures and two latency histograms, all
 * bounded.
 */

import type { CaptureRecord } from '../../capture/format/index.ts';
import { rankOf, SEVERITIES, type Severity } from '../causes/index.ts';
import { type Comparison, totalMs } from '../compare/index.ts';
import { excerpt, generalPlace } from '../model/index.ts';
import { combinationKey } from './combination.ts';
import { bucketOf, type Histogram, plus, sumHistograms } from './histogram.ts';
import { NO_NOISE, type NoiseModel, type RouteNoise, sumRouteNoise } from './noise.ts';
import { mergeSamples, type Samples, samplesOf } from './sample.ts';
import { smallestOf, unionOf } from './smallest-keys.ts';

export interface RouteTally {
  /** Compared captures: the sum of the next five, by the most serious difference of each capture. */
  readonly pairs: number;
  readonly same: number;
  readonly noise: number;
  readonly benign: number;
  readonly undecided: number;
  readonly breaking: number;
  /** Records without an answer of stable. */
  readonly unmatched: number;
  /** Captures with a body that exceeded the capture cap and could not be compared to its end. */
  readonly oversize: number;
  readonly newErrors: number;
  /**
   * Captures by {@link CountedFinding}, at most {@link MAX_FINDINGS}, most serious first. Read them with {@link
   * findingsOf}.
   */
  readonly findings: Readonly<Record<string, number>>;
  /** Captures with findings beyond that number, by severity; a capture counts once for each of its findings. */
  readonly otherFindings: Readonly<Record<string, number>>;
  /**
   * Captures by the differences that count against them (combination.ts), at most {@link MAX_COMBINATIONS}; other
   * captures are left unchanged.
   */
  readonly combinations: Readonly<Record<string, number>>;
  /**
   * In how many records stable varied by itself, for at most {@link MAX_NOISY_PLACES} places. Not yet used for
   * suppression here.
   */
  readonly noisy: RouteNoise;
  readonly samples: Samples;
  /** Milliseconds until each side's answer was complete, for captures that both sides answered. */
  readonly stableLatency: Histogram;
  readonly candidateLatency: Histogram;
}

/** One way in which captures of a route differ. */
export interface CountedFinding {
  readonly severity: Severity;
  readonly cause: string;
  /** See `placeOf`, with indices and ids as `*`; at most 120 UTF-16 units. */
  readonly place: string;
  readonly pairs: number;
}

export const MAX_FINDINGS = 48;
export const MAX_COMBINATIONS = 48;
export const MAX_NOISY_PLACES = 100;

export const EMPTY_TALLY: RouteTally = {
  pairs: 0,
  same: 0,
  noise: 0,
  benign: 0,
  undecided: 0,
  breaking: 0,
  unmatched: 0,
  oversize: 0,
  newErrors: 0,
  findings: {},
  otherFindings: {},
  combinations: {},
  noisy: { records: 0, counts: {} },
  samples: {},
  stableLatency: {},
  candidateLatency: {},
};

/**
 * The tally of one record.
 * ⏎ @param noise learned from its second stable answer ({@link noiseOf})
 */
export function tallyOf(record: CaptureRecord, comparison: Comparison, noise: NoiseModel = NO_NOISE): RouteTally {
  const newErrors = comparison.newError ? 1 : 0;
  if (comparison.verdict === 'unmatched') return { ...EMPTY_TALLY, unmatched: 1, newErrors };
  const { differences } = comparison;
  const outcome = comparison.verdict === 'same' && differences.length > 0 ? 'noise' : comparison.verdict;
  const keys = new Set(differences.map((d) => findingKey(d.severity, d.cause, generalPlace(d))));
  const combination = combinationKey(differences);
  const [stable, candidate] = [totalMs(record.stable), totalMs(record.candidate)];
  const timed = stable !== null && candidate !== null;
  return {
    ...EMPTY_TALLY,
    pairs: 1,
    [outcome]: 1,
    oversize: differences.some((d) => d.cause === 'body-uncomparable') ? 1 : 0,
    newErrors,
    ...bounded(new Map([...keys].map((key) => [key, 1])), new Map()),
    combinations: combination === null ? {} : { [combination]: 1 },
    noisy: sumRouteNoise([noise[record.route] ?? EMPTY_TALLY.noisy], MAX_NOISY_PLACES),
    samples: samplesOf(record, comparison),
    stableLatency: timed ? { [bucketOf(stable)]: 1 } : {},
    candidateLatency: timed ? { [bucketOf(candidate)]: 1 } : {},
  };
}

/**
 * Commutative and associative, with {@link EMPTY_TALLY} as its zero. A finding that is kept in the end was kept in
 * every part, because only smaller ones can displace it. Its count is therefore complete, and displaced findings are
 * counted in `otherFindings`.
 */
export function merge(tallies: readonly RouteTally[]): RouteTally {
  const of = <T>(part: (tally: RouteTally) => T) => tallies.map(part);
  const total = (count: (tally: RouteTally) => number) => of(count).reduce(plus, 0);
  return {
    pairs: total((tally) => tally.pairs),
    same: total((tally) => tally.same),
    noise: total((tally) => tally.noise),
    benign: total((tally) => tally.benign),
    undecided: total((tally) => tally.undecided),
    breaking: total((tally) => tally.breaking),
    unmatched: total((tally) => tally.unmatched),
    oversize: total((tally) => tally.oversize),
    newErrors: total((tally) => tally.newErrors),
    ...bounded(
      unionOf(
        of((tally) => tally.findings),
        plus,
      ),
      unionOf(
        of((tally) => tally.otherFindings),
        plus,
      ),
    ),
    combinations: Object.fromEntries(
      smallestOf(
        unionOf(
          of((tally) => tally.combinations),
          plus,
        ),
        MAX_COMBINATIONS,
      ),
    ),
    noisy: sumRouteNoise(
      of((tally) => tally.noisy),
      MAX_NOISY_PLACES,
    ),
    samples: mergeSamples(of((tally) => tally.samples)),
    stableLatency: sumHistograms(of((tally) => tally.stableLatency)),
    candidateLatency: sumHistograms(of((tally) => tally.candidateLatency)),
  };
}

/** Key of {@link RouteTally.findings}. */
export function findingKey(kind: string, cause: string, place: string): string {
  return `${kind} ${cause} ${excerpt(place)}`;
}

/** Most serious severity first, then by cause and place. */
export function findingsOf({ findings }: Pick<RouteTally, 'findings'>): CountedFinding[] {
  return Object.entries(findings)
    .sort(([a], [b]) => byGravity(a, b))
    .map(([key, pairs]) => {
      const [, name, cause = '', place = ''] = /^(\S+) (\S+) (.*)$/s.exec(key) ?? [];
      return { severity: severityOf(name), cause, place, pairs };
    });
}

function severityOf(name: string | undefined): Severity {
  return SEVERITIES.find((severity) => severity === name) ?? 'undecided';
}

function byGravity(a: string, b: string): number {
  return rankOfKey(a) - rankOfKey(b) || (a < b ? -1 : 1);
}

function rankOfKey(key: string): number {
  return rankOf(severityOf(key.slice(0, key.indexOf(' '))));
}

function bounded(
  findings: Map<string, number>,
  others: Map<string, number>,
): Pick<RouteTally, 'findings' | 'otherFindings'> {
  const before = (a: string, b: string) => byGravity(a, b) < 0;
  const kept = smallestOf(findings, MAX_FINDINGS, before, (key, count) => {
    const name = key.slice(0, key.indexOf(' '));
    others.set(name, (others.get(name) ?? 0) + count);
  });
  return { findings: Object.fromEntries(kept), otherFindings: Object.fromEntries(others) };
}
