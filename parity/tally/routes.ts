/** Tallies of all routes of a cutover, bounded: routes may be taken from paths, and those are the clients' to choose. */
import type { CaptureRecord, Leg } from '../../capture/format/index.ts';
import { EMPTY_TALLY, merge, type RouteTally } from './tally.ts';

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
export function mergeRoutes(a: RouteTallies, b: RouteTallies): RouteTallies {
  const merged = new Map<string, RouteTally>(Object.entries(a));
  for (const [route, tally] of Object.entries(b)) add(merged, route, tally);
  if (merged.size <= MAX_ROUTES) return Object.fromEntries(merged);
  const names = [...merged.keys()].filter((route) => route !== OTHER_ROUTES && route !== UNSERVED).sort();
  for (const route of names.slice(MAX_ROUTES)) {
    add(merged, OTHER_ROUTES, merged.get(route) ?? EMPTY_TALLY);
    merged.delete(route);
  }
  return Object.fromEntries(merged);
}

function add(routes: Map<string, RouteTally>, route: string, tally: RouteTally): void {
  const before = routes.get(route);
  routes.set(route, before === undefined ? tally : merge(before, tally));
}
