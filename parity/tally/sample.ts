/**
 * Captures that show a cause, stored with its count so that a person can look at them. They are redacted like the
 * record.
 */

import type { CaptureRecord } from '../../capture/format/index.ts';
import type { Cause } from '../causes/index.ts';
import type { Comparison } from '../compare/index.ts';
import { type Difference, excerpt, placeOf } from '../model/index.ts';
import { smallestOf, unionOf } from './smallest-keys.ts';

export interface Sample {
  /** Finds the capture in the logs of both sides, in its trace, and among the captures. */
  readonly requestId: string;
  readonly at: string;
  readonly target: string;
  /** The capture's first difference with that cause, in full; each text at most 120 UTF-16 units. */
  readonly place: string;
  readonly stable: string;
  readonly candidate: string;
}

/** By cause. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

/**
 * At most 16 × 2 samples per route, each under 1 kB of text. The captures determine which ones are kept, not the order
 * in which they arrive.
 */
const CAUSES = 16;
const SAMPLES_PER_CAUSE = 2;

export function samplesOf(record: CaptureRecord, { differences }: Comparison): Samples {
  const first = new Map<Cause, Difference>();
  for (const difference of differences) if (!first.has(difference.cause)) first.set(difference.cause, difference);
  return bounded(new Map([...first].map(([cause, difference]) => [cause, [sampleOf(record, difference)]])));
}

/**
 * Commutative, associative and idempotent: the union, of which the smallest causes, and for each of them the earliest
 * captures, are kept.
 */
export function mergeSamples(parts: readonly Samples[]): Samples {
  const merged = unionOf(parts, (x, y) => [...x, ...y]);
  return bounded(new Map([...merged].map(([cause, samples]) => [cause, earliest(samples)])));
}

function bounded(samples: Map<string, readonly Sample[]>): Samples {
  return Object.fromEntries(smallestOf(samples, CAUSES));
}

function earliest(samples: readonly Sample[]): Sample[] {
  const byKey = new Map(samples.map((sample) => [keyOf(sample), sample]));
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, SAMPLES_PER_CAUSE)
    .map(([, sample]) => sample);
}

function keyOf(sample: Sample): string {
  return JSON.stringify([sample.at, sample.requestId, sample.target, sample.place, sample.stable, sample.candidate]);
}

function sampleOf(record: CaptureRecord, difference: Difference): Sample {
  return {
    requestId: excerpt(record.requestId),
    at: record.at,
    target: excerpt(`${record.request.method} ${record.request.target}`),
    place: excerpt(placeOf(difference)),
    stable: excerpt(String(difference.stable ?? '(absent)')),
    candidate: excerpt(String(difference.candidate ?? '(absent)')),
  };
}
