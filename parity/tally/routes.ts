/** Aggregates of all routes of a cutover, bounded: routes may be taken from paths, and those are the clients' to choose. */
import { EMPTY_AGGREGATE, merge, type RouteAggregate } from './tally.ts';

export type RouteAggregates = Readonly<Record<string, RouteAggregate>>;

export const MAX_ROUTES = 200;

/** Under which the routes beyond {@link MAX_ROUTES} are added up. No route of the mirror's has a space at its front. */
export const OTHER_ROUTES = ' other routes';

/** Commutative and associative, with `{}` as its zero: the first {@link MAX_ROUTES} by name are kept whole. */
export function mergeRoutes(a: RouteAggregates, b: RouteAggregates): RouteAggregates {
  const merged = new Map<string, RouteAggregate>(Object.entries(a));
  for (const [route, aggregate] of Object.entries(b)) add(merged, route, aggregate);
  if (merged.size <= MAX_ROUTES) return Object.fromEntries(merged);
  const names = [...merged.keys()].filter((route) => route !== OTHER_ROUTES).sort();
  for (const route of names.slice(MAX_ROUTES)) {
    add(merged, OTHER_ROUTES, merged.get(route) ?? EMPTY_AGGREGATE);
    merged.delete(route);
  }
  return Object.fromEntries(merged);
}

function add(routes: Map<string, RouteAggregate>, route: string, aggregate: RouteAggregate): void {
  const before = routes.get(route);
  routes.set(route, before === undefined ? aggregate : merge(before, aggregate));
}
