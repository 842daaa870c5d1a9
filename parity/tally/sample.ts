/** Captures that show a cause, kept beside its count so that a person can look at them. As redacted as the record is. */

import type { CaptureRecord } from '../../capture/format/index.ts';
import type { Cause } from '../causes/index.ts';
import type { Comparison } from '../compare/index.ts';
import { type Difference, excerpt, placeOf } from '../model/index.ts';
import { smallestOf, unionOf } from './smallest-keys.ts';

export interface Sample {
  /** By which the capture is found in the logs of both sides, in its trace, and among the captures. */
  readonly requestId: string;
  readonly at: string;
  readonly target: string;
  /** Of the capture's first difference of that cause, in full; each text at most 120 UTF-16 units. */
  readonly place: string;
  readonly stable: string;
  readonly candidate: string;
}

/** By cause. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

/** At most 16 × 2 samples a route, each under 1 kB of text: which ones is given by the captures, not by the order of their arrival. */
const CAUSES = 16;
const SAMPLES_PER_CAUSE = 2;

export function samplesOf(record: CaptureRecord, { differences }: Comparison): Samples {
  const first = new Map<Cause, Difference>();
  for (const difference of differences) if (!first.has(difference.cause)) first.set(difference.cause, difference);
  return bounded(new Map([...first].map(([cause, difference]) => [cause, [sampleOf(record, difference)]])));
}

/** Commutative, associative and idempotent: the union, of which the smallest causes and in each the earliest captures are kept. */
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
