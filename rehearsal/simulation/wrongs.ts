/** Present problems of an ingress, as its customers experience them. */

import { fromIso, isFinal, isSafe, sameWeights } from '../../core/model/index.ts';
import type { Side } from '../../sides/index.ts';
import type { Execution } from './interpreter.ts';
import type { Site } from './site/index.ts';

/** A candidate with this failure rate is failing by any standard. */
const SICK = 0.2;

/** A shift that is not confirmed by then has lost its writer; each clock may be off by two minutes. */
const UNCONFIRMED_MS = 300_000 + 240_000;

/** Whether the lease belongs to a run, or to its rollback. Computed independently of the code that is judged. */
export function isOwned({ lease: { item } }: Site): boolean {
  return item?.status === 'running' || item?.status === 'rolling_back';
}

export function stableReady(site: Site): boolean {
  return site.health('stable').healthy >= Math.max(1, site.lease.item?.capacity?.desired ?? 1);
}

/** Because of its own faults, or because it has too few tasks for its requests. */
function failingOf(site: Site, side: Side): number {
  return Math.max(site.sickness[side], site.overload(side));
}

/** Customers of a run are on a failing candidate although stable could answer and fails fewer requests. */
export function sickOf(site: Site): string | null {
  const failing = failingOf(site, 'candidate');
  if (!isOwned(site) || site.share('candidate', 'mirrorReverse') === 0 || failing < SICK) return null;
  return stableReady(site) && failingOf(site, 'stable') < failing
    ? `${site.name}: the candidate fails its customers`
    : null;
}

/**
 * Customers of a run are on a side, or a mirror, without a healthy target, or on a mirror whose alarm is red. Before
 * the candidate answers anybody, it is the service's own outage.
 */
export function deadOf(site: Site): string | null {
  if (!isOwned(site)) return null;
  const [stable, candidate] = [site.health('stable').healthy, site.health('candidate').healthy];
  const onCandidate = site.share('candidate', 'mirrorReverse');
  if (onCandidate > 0 && candidate === 0 && stable > 0) return `${site.name}: the candidate is dead`;
  if (onCandidate > 0 && site.share('stable') > 0 && stable === 0 && candidate > 0)
    return `${site.name}: the stable side is dead`;
  for (const role of ['mirrorForward', 'mirrorReverse'] as const)
    if (site.share(role) > 0 && site.health(role).healthy === 0) return `${site.name}: ${role} is dead`;
  const isRed = site.deployment.shadowAlarms.some((name) => site.alarms.get(name)?.state === 'ALARM');
  if (isRed && site.share('mirrorForward', 'mirrorReverse') > 0) return `${site.name}: the mirror's alarm is red`;
  return null;
}

/** Two runs at once, which only a lost lease allows: the later one found what the earlier one had suspended. */
export function overlapping(owners: readonly Execution[]): boolean {
  return owners.some((a) =>
    owners.some((b) => a !== b && a.startedAt <= b.startedAt && b.startedAt < (a.endedAt ?? Number.POSITIVE_INFINITY)),
  );
}

/**
 * The listener has weights that nobody intends. `completed`: a cutover was completed and none has begun since, whatever
 * a restored table says.
 */
export function wrongWeightsOf(site: Site, completed: boolean, now: number): string | null {
  const { live, deployment } = site;
  const { item } = site.lease;
  const state = () => `${site.name}: ${JSON.stringify(live.map((r) => r.groups.map((g) => g.weight)))}`;
  switch (item?.status) {
    case undefined:
      return isSafe(deployment, live) || isFinal(deployment, live) || !stableReady(site)
        ? null
        : `${state()} without a lease`;
    case 'completed':
      return null;
    case 'running': {
      if (sameWeights(live, item.intent.weights)) return null;
      const late = item.intent.confirmed || now - fromIso(item.intent.at) > UNCONFIRMED_MS;
      return late ? `${state()} are not what ${item.cutoverId} intends` : null;
    }
    case 'rolling_back':
    case 'rolled_back':
      return isSafe(deployment, live) || completed || !stableReady(site) ? null : `${state()} although ${item.status}`;
  }
}
