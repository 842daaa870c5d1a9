/**
 * Decides from the results of the shadow whether the candidate may get customers. Each route is judged; a single route
 * that is not clean is enough to refuse.
 */

import type { Severity } from '../causes/index.ts';
import { judgeLatency, type LatencyPolicy, PERCENTILES, type Percentile } from './latency.ts';
import { noisyPlaces } from './noise.ts';
import { OTHER_ROUTES, type RouteTallies, UNSERVED } from './routes.ts';
import { noiseIn, suppressNoise } from './suppression.ts';
import { findingsOf, type RouteTally } from './tally.ts';

export interface SignoffPolicy extends LatencyPolicy {
  readonly minCapturesPerRoute: number;
  /**
   * Upper bound for the breaking rate. With no breaking difference in n captures the bound is 3/n at 95 % (Hanley and
   * Lippman-Hand 1983).
   */
  readonly maxBreakingRate: number;
  /** Copies that were lost, oversize or without an answer of stable, as a share of all copies. */
  readonly maxDropRatio: number;
  /**
   * Percentiles at which `insufficient data` does not prevent the sign-off, provided that the estimate is within the
   * tolerance.
   */
  readonly acceptInsufficientLatency: readonly Percentile[];
}

/** The fate of the copies. A request that was never captured says nothing about the candidate. */
export interface CopyCounts {
  /** Requests that should have been copied. */
  readonly wanted: number;
  /** Of these, the lost ones, by reason. */
  readonly lost: Readonly<Record<string, number>>;
}

export interface SignoffVerdict {
  /** `dirty`: something is shown to be wrong. `insufficient`: something is not yet shown to be right. */
  readonly status: 'clean' | 'dirty' | 'insufficient';
  /**
   * First what is wrong, then what is missing, then what the policy accepts anyway, and what was suppressed; at most 32
   * reasons, because they are part of a state.
   */
  readonly reasons: string[];
  readonly pairs: number;
  readonly routes: number;
}

/**
 * Variation of stable itself is suppressed first (suppression.ts), and mentioned.
 * ⏎ @param copies null if nobody counts them, as for captures from files
 */
export function judgeParity(counted: RouteTallies, policy: SignoffPolicy, copies: CopyCounts | null): SignoffVerdict {
  const { [UNSERVED]: unserved, ...routes } = suppressNoise(counted);
  const all = Object.entries(routes);
  const rare = rareRoutes(all, policy);
  const entries = all
    .filter(([route]) => !rare.includes(route))
    .toSorted(([, a], [, b]) => b.newErrors - a.newErrors || b.breaking - a.breaking || b.undecided - a.undecided);
  const each = (judge: (a: RouteTally) => string[]) =>
    entries.flatMap(([route, a]) => judge(a).map((text) => `${route.trim()}: ${text}`));
  const dirty = each((a) => faults(a, policy));
  const gaps = [...each((a) => missing(a, policy)), ...tooMany(routes), ...losses(all, policy, copies)];
  const pairs = all.reduce((sum, [, a]) => sum + a.pairs, 0);
  const status = dirty.length > 0 ? 'dirty' : gaps.length > 0 || entries.length === 0 ? 'insufficient' : 'clean';
  return {
    status,
    reasons: atMost([...dirty, ...gaps], MAX_REASONS, [
      ...accepted(entries, policy),
      ...varying(routes),
      ...leftOut(unserved, rare, routes),
    ]),
    pairs,
    routes: all.length,
  };
}

/** Largest share of all captures that routes which are too rare to judge may have together. */
const RARE_SHARE = 0.001;

/**
 * Routes that do not prevent the sign-off although they have too few captures: nothing is wrong on them, and even if
 * every request to them failed, that would be fewer than one request in a thousand. Otherwise anybody could block every
 * sign-off by requesting one more path.
 */
function rareRoutes(routes: readonly (readonly [string, RouteTally])[], policy: SignoffPolicy): readonly string[] {
  let room = Math.min(RARE_SHARE, policy.maxBreakingRate) * routes.reduce((sum, [, a]) => sum + a.pairs, 0);
  return routes
    .filter(([route, a]) => route !== OTHER_ROUTES && isThin(a, policy) && faults(a, policy).length === 0)
    .filter(([, a]) => a.undecided + a.unmatched + a.oversize === 0)
    .toSorted(([, a], [, b]) => a.pairs - b.pairs)
    .filter(([, a]) => {
      room -= a.pairs;
      return room >= 0;
    })
    .map(([route]) => route);
}

function neededCaptures(policy: SignoffPolicy): number {
  return Math.max(policy.minCapturesPerRoute, Math.ceil(3 / policy.maxBreakingRate));
}

function isThin(a: RouteTally, policy: SignoffPolicy): boolean {
  return a.pairs < neededCaptures(policy);
}

/** What the verdict does not rest on, in one sentence each. */
function leftOut(unserved: RouteTally | undefined, rare: readonly string[], routes: RouteTallies): string[] {
  const named = rare.slice(0, LISTED).map((route) => `${route} (${routes[route]?.pairs ?? 0})`);
  const more = rare.length > LISTED ? `, ${rare.length - LISTED} more` : '';
  return [
    ...(unserved === undefined
      ? []
      : [
          `not judged, because neither side serves these paths: ${unserved.pairs} captures${unserved.breaking + unserved.undecided === 0 ? '' : `, of which ${unserved.breaking + unserved.undecided} differ`}`,
        ]),
    ...(rare.length === 0 ? [] : [`not judged, because they are too rare to matter: ${named.join(', ')}${more}`]),
  ];
}

const MAX_REASONS = 32;

function atMost(reasons: readonly string[], most: number, last: readonly string[]): string[] {
  const shown = reasons.slice(0, most - last.length - 1);
  const left = reasons.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : []), ...last];
}

function faults(a: RouteTally, policy: SignoffPolicy): string[] {
  const reasons: string[] = [];
  if (a.breaking > 0)
    reasons.push(
      `${a.breaking} of ${a.pairs} captures ${a.breaking === 1 ? 'has' : 'have'} a breaking difference (${listed(a, 'breaking')})`,
    );
  if (a.newErrors > 0)
    reasons.push(
      `${a.newErrors === 1 ? '1 error' : `${a.newErrors} errors`} on the candidate that stable does not have`,
    );
  return [...reasons, ...latency(a, policy).slower];
}

function missing(a: RouteTally, policy: SignoffPolicy): string[] {
  const reasons: string[] = [];
  const needed = neededCaptures(policy);
  if (a.pairs < needed) reasons.push(`too few captures, ${a.pairs} of ${needed}`);
  if (a.undecided > 0)
    reasons.push(
      `${a.undecided} of ${a.pairs} captures ${a.undecided === 1 ? 'has' : 'have'} a difference that needs a rule (${listed(a, 'undecided')})`,
    );
  const [all, blind] = [a.pairs + a.unmatched, a.unmatched + a.oversize];
  if (blind > policy.maxDropRatio * all)
    reasons.push(
      `${a.unmatched} of ${all} captures have no answer from stable, and ${a.oversize} exceed the capture cap`,
    );
  return [...reasons, ...latency(a, policy).missing];
}

/** Grouped by consequence. Every percentile is included. */
function latency(a: RouteTally, policy: SignoffPolicy) {
  const found: { slower: string[]; missing: string[]; accepted: Percentile[] } = {
    slower: [],
    missing: [],
    accepted: [],
  };
  for (const percentile of PERCENTILES) {
    const finding = judgeLatency(a.stableLatency, a.candidateLatency, percentile, policy);
    if (finding.is === 'within') continue;
    if (finding.is === 'slower') found.slower.push(finding.text);
    else if (finding.likely && policy.acceptInsufficientLatency.includes(percentile)) found.accepted.push(percentile);
    else found.missing.push(finding.text);
  }
  return found;
}

/** One sentence for each percentile, however many routes it concerns. */
function accepted(routes: readonly (readonly [string, RouteTally])[], policy: SignoffPolicy): string[] {
  return PERCENTILES.flatMap((percentile) => {
    const thin = routes
      .filter(([, a]) => latency(a, policy).accepted.includes(percentile))
      .map(([route]) => route.trim());
    if (thin.length === 0) return [];
    const named = thin.slice(0, LISTED).join(', ') + (thin.length > LISTED ? `, ${thin.length - LISTED} more` : '');
    return [`${percentile} latency: too few samples on ${named} (ignored: plan.shadow.acceptInsufficientLatency)`];
  });
}

/** One sentence, however many places it concerns. */
function varying(routes: RouteTallies): string[] {
  const places = noisyPlaces(noiseIn(routes));
  const off = places.filter((place) => place.suppressed).sort((a, b) => b.both + b.onlyStable - a.both - a.onlyStable);
  if (off.length === 0) return [];
  const named = off
    .slice(0, LISTED)
    .map(
      ({ route, place, both, onlyStable, records }) => `${route.trim()} ${place} (${both + onlyStable} of ${records})`,
    );
  const more = off.length > LISTED ? `, ${off.length - LISTED} more` : '';
  return [
    `suppressed as noise, because stable differed from itself there (in how many control answers): ${named.join(', ')}${more}`,
  ];
}

function tooMany(routes: RouteTallies): string[] {
  if (routes[OTHER_ROUTES] === undefined) return [];
  return ['too many routes to tell apart; give the mirror route templates'];
}

function losses(
  routes: readonly (readonly [string, RouteTally])[],
  { maxDropRatio }: SignoffPolicy,
  copies: CopyCounts | null,
): string[] {
  if (copies === null) return [];
  const { wanted } = copies;
  if (wanted === 0)
    return routes.length === 0 ? [] : ['the mirror has not reported its copy counts yet, so mirror loss is unknown'];
  const reasons = Object.entries(copies.lost).filter(([, count]) => count > 0);
  const lost = reasons.reduce((sum, [, count]) => sum + count, 0);
  const blind = routes.reduce((sum, [, a]) => sum + a.unmatched + a.oversize, lost);
  if (blind <= maxDropRatio * wanted) return [];
  const why = reasons.map(([reason, count]) => `${reason} ${count}`).join(', ');
  return [
    `${blind} of ${wanted} copies gave no evidence (lost ${lost}${why === '' ? '' : `: ${why}`}; the rest unmatched or oversize)`,
  ];
}

/** How many names a reason lists; the rest is counted. */
const LISTED = 5;

/** Places that say no more than the cause does. */
const OF_THE_WHOLE = new Set(['status', 'answer']);

function listed(a: RouteTally, kind: Severity): string {
  const findings = findingsOf(a).filter((f) => f.severity === kind);
  const named = findings
    .slice(0, LISTED)
    .map((f) => `${f.cause}${OF_THE_WHOLE.has(f.place) ? '' : ` at ${f.place}`} ${f.pairs}`);
  const more = findings.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
