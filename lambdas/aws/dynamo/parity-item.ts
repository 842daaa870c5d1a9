/** Tallies as an attribute of an item: gzipped JSON, parsed like any input. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { EMPTY_TALLY, type RouteTallies } from '../../../parity/tally/index.ts';

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const sampleSchema = z.object({
  requestId: z.string(),
  at: z.string(),
  target: z.string(),
  place: z.string(),
  stable: z.string(),
  candidate: z.string(),
});
const noiseCountSchema = z.object({ both: count, onlyStable: count, onlyCandidate: count });
/**
 * Counts that a newer version has added are ignored, because its windows are still counted after a deployment is
 * reverted.
 */
const routesSchema = z.record(
  z.string(),
  z.object({
    pairs: count,
    same: count,
    noise: count,
    benign: count,
    undecided: count,
    breaking: count,
    unmatched: count,
    oversize: count,
    newErrors: count,
    findings: counts,
    otherFindings: counts,
    /** Absent in tallies of versions that learned no noise. */
    combinations: counts.default(EMPTY_TALLY.combinations),
    /** Likewise. */
    noisy: z.object({ records: count, counts: z.record(z.string(), noiseCountSchema) }).default(EMPTY_TALLY.noisy),
    samples: z.record(z.string(), z.array(sampleSchema)),
    stableLatency: counts,
    candidateLatency: counts,
  }),
);

/**
 * Returns null if the result exceeds `maxBytes` even without its optional parts. Samples are dropped first, because no
 * count depends on them; then the data that would excuse captures as noise, so that those count against the candidate.
 */
export function pack(routes: RouteTallies, maxBytes: number): Uint8Array | null {
  const { samples, combinations, noisy } = EMPTY_TALLY;
  for (const leftOut of [{}, { samples }, { samples, combinations, noisy }]) {
    const kept = Object.entries(routes).map(([route, tally]) => [route, { ...tally, ...leftOut }]);
    const packed = gzipSync(JSON.stringify(Object.fromEntries(kept)));
    if (packed.length <= maxBytes) return packed;
  }
  return null;
}

/** @throws z.ZodError or zlib's error for data that this module did not write */
export function unpack(bytes: Uint8Array): RouteTallies {
  return routesSchema.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}
