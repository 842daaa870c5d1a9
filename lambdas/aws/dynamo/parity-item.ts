/** Tallies as an item's attribute: gzip of JSON, parsed as anything that comes from outside. */
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
/** What a newer version counts, too, is passed over: after a deploy is taken back its windows are still counted. */
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
    /** The same. */
    noisy: z.object({ records: count, counts: z.record(z.string(), noiseCountSchema) }).default(EMPTY_TALLY.noisy),
    samples: z.record(z.string(), z.array(sampleSchema)),
    stableLatency: counts,
    candidateLatency: counts,
  }),
);

/**
 * null: more than `maxBytes`, also without what may be left out. Samples go first, for no count depends on them; then what would
 * let captures off as noise, without which they stand against the candidate.
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

/** @throws z.ZodError or zlib's error for what this module did not write. */
export function unpack(bytes: Uint8Array): RouteTallies {
  return routesSchema.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}
