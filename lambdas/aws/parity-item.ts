/** Aggregates as an item's attribute: gzip of JSON, parsed as anything that comes from outside. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { RouteAggregates } from '../../parity/routes.ts';

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const sampleSchema = z.strictObject({
  requestId: z.string(),
  at: z.string(),
  target: z.string(),
  place: z.string(),
  stable: z.string(),
  candidate: z.string(),
});
const routesSchema = z.record(
  z.string(),
  z.strictObject({
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
    samples: z.record(z.string(), z.array(sampleSchema)),
    stableLatency: counts,
    candidateLatency: counts,
  }),
);

/** null: more than `maxBytes`, also without samples. Samples go first, for no count depends on them. */
export function pack(routes: RouteAggregates, maxBytes: number): Uint8Array | null {
  const whole = gzipSync(JSON.stringify(routes));
  if (whole.length <= maxBytes) return whole;
  const bare = Object.fromEntries(Object.entries(routes).map(([route, a]) => [route, { ...a, samples: {} }]));
  const packed = gzipSync(JSON.stringify(bare));
  return packed.length <= maxBytes ? packed : null;
}

/** @throws z.ZodError or zlib's error for what this module did not write. */
export function unpack(bytes: Uint8Array): RouteAggregates {
  return routesSchema.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
}
