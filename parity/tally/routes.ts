/**
 * The tallies of all routes of a cutover. Their number is limited, because routes may be derived from paths, which
 * clients choose.
 */
import type { CaptureRecord, Leg } from '../../capture/format/index.ts';
import { merge, type RouteTally } from './tally.ts';

export type RouteTallies = Readonly<Record<string, RouteTally>>;

export const MAX_ROUTES = 200;

/** The name under which routes beyond {@link MAX_ROUTES} are added up. No route of the mirror begins with a space. */
export const OTHER_ROUTES = ' other routes';

/**
 * The name under which paths are added up that neither side serves. Anybody can request such paths, so they are not
 * routes of the service.
 */
export const UNSERVED = ' unserved paths';

/** Statuses with which a service says that it does not serve a path. */
const NOT_SERVED = [404, 405, 410];

/**
 * The route under which a record is counted. A template counts as a route whatever was answered, because the owner
 * declared it.
 */
export function countedRoute({ route, stable, candidate }: CaptureRecord): string {
  const unserved = (leg: Leg) => leg.outcome === 'response' && NOT_SERVED.includes(leg.status);
  return !route.includes('{') && unserved(stable) && unserved(candidate) ? UNSERVED : route;
}

/** Commutative and associative, with `{}` as its zero. The first {@link MAX_ROUTES} routes by name are kept in full. */
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
