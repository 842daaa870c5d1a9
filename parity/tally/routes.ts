/** Tallies of all routes of a cutover, bounded: routes may be taken from paths, and those are the clients' to choose. */
import type { CaptureRecord, Leg } from '../../capture/format/index.ts';
import { merge, type RouteTally } from './tally.ts';

export type RouteTallies = Readonly<Record<string, RouteTally>>;

export const MAX_ROUTES = 200;

/** Under which the routes beyond {@link MAX_ROUTES} are added up. No route of the mirror's has a space at its front. */
export const OTHER_ROUTES = ' other routes';

/**
 * Under which paths are added up that neither side serves. Anybody can send those, and however many there are, they are no routes
 * of the service.
 */
export const UNSERVED = ' unserved paths';

/** What a service answers about a path that it does not serve. */
const NOT_SERVED = [404, 405, 410];

/** The route under which a record counts. A template is the owner's word that there is such a route, whatever was answered. */
export function countedRoute({ route, stable, candidate }: CaptureRecord): string {
  const unserved = (leg: Leg) => leg.outcome === 'response' && NOT_SERVED.includes(leg.status);
  return !route.includes('{') && unserved(stable) && unserved(candidate) ? UNSERVED : route;
}

/** Commutative and associative, with `{}` as its zero: the first {@link MAX_ROUTES} by name are kept whole. */
export function totalOf(parts: readonly RouteTallies[]): RouteTallies {
  const tallies = new Map<string, RouteTally[]>();
  for (const part of parts) for (const [route, tally] of Object.entries(part)) add(tallies, route, tally);
  if (tallies.size > MAX_ROUTES) {
    const names = [...tallies.keys()].filter((route) => route !== OTHER_ROUTES && route !== UNSERVED).sort();
    for (const route of names.slice(MAX_ROUTES)) {
      for (const tally of tallies.get(route) ?? []) add(tallies, OTHER_ROUTES, tally);
      tallies.delete(route);
    }
  }
  return Object.fromEntries([...tallies].map(([route, ofOne]) => [route, merge(ofOne)]));
}

function add(routes: Map<string, RouteTally[]>, route: string, tally: RouteTally): void {
  const known = routes.get(route);
  if (known === undefined) routes.set(route, [tally]);
  else known.push(tally);
}
