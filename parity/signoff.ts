/** May the candidate get customers, by what the shadow showed? Asked per route; one unclean route is enough for no. */
import type { RouteAggregate } from './aggregate.ts';
import { quantile } from './histogram.ts';

export interface SignoffPolicy {
  readonly minPairsPerRoute: number;
  /** Bound that zero breaking differences in n pairs must reach: 3/n at 95 % (Hanley and Lippman-Hand 1983). */
  readonly maxBreakingRate: number;
  /** Candidate latency may exceed the stable side's by this share. */
  readonly latencyTolerance: number;
  /** Records without an answer of the stable side, as a share of all. */
  readonly maxDropRatio: number;
}

export interface SignoffVerdict {
  readonly status: 'clean' | 'dirty' | 'insufficient';
  readonly reasons: string[];
  readonly pairs: number;
  readonly routes: number;
}

/** Samples that a percentile needs to mean anything, as CloudWatch asks: 10/(1 − p). */
const SAMPLES = [
  [0.5, 20],
  [0.95, 200],
  [0.99, 1000],
] as const;

export function judgeParity(routes: Readonly<Record<string, RouteAggregate>>, policy: SignoffPolicy): SignoffVerdict {
  const entries = Object.entries(routes);
  const dirty = entries.flatMap(([route, a]) => faults(a, policy).map((fault) => `${route}: ${fault}`));
  const thin = entries.flatMap(([route, a]) => gaps(a, policy).map((gap) => `${route}: ${gap}`));
  const pairs = entries.reduce((sum, [, a]) => sum + a.pairs, 0);
  const status = dirty.length > 0 ? 'dirty' : thin.length > 0 || entries.length === 0 ? 'insufficient' : 'clean';
  return { status, reasons: [...dirty, ...thin], pairs, routes: entries.length };
}

function faults(a: RouteAggregate, policy: SignoffPolicy): string[] {
  const reasons: string[] = [];
  if (a.breaking > 0) reasons.push(`${a.breaking} of ${a.pairs} pairs differ breakingly (${causesOf(a)})`);
  if (a.newErrors > 0) reasons.push(`${a.newErrors} errors that the stable side does not have`);
  const all = a.pairs + a.unmatched;
  if (all > 0 && a.unmatched / all > policy.maxDropRatio)
    reasons.push(`${a.unmatched} of ${all} records without a stable answer`);
  for (const [q, needed] of SAMPLES) {
    const ratio = latencyRatio(a, q);
    if (a.pairs >= needed && ratio !== null && ratio > 1 + policy.latencyTolerance) {
      reasons.push(
        `p${q * 100} latency is ${ratio.toFixed(2)} times the stable side's, ${(1 + policy.latencyTolerance).toFixed(2)} are allowed`,
      );
    }
  }
  return reasons;
}

function gaps(a: RouteAggregate, policy: SignoffPolicy): string[] {
  const needed = Math.max(policy.minPairsPerRoute, Math.ceil(3 / policy.maxBreakingRate));
  return a.pairs >= needed ? [] : [`insufficient data, ${a.pairs} of ${needed} pairs`];
}

function latencyRatio(a: RouteAggregate, q: number): number | null {
  const [stable, candidate] = [quantile(a.stableLatency, q), quantile(a.candidateLatency, q)];
  return stable === null || candidate === null || stable === 0 ? null : candidate / stable;
}

function causesOf(a: RouteAggregate): string {
  return Object.entries(a.causes)
    .map(([cause, count]) => `${cause} ${count}`)
    .join(', ');
}
