/** The route template of a request. Parity is signed off per route. */
import { MANY, matchesPattern } from './pattern.ts';

/**
 * `templates` such as `/items/{id}`: of those that match, the most specific wins, as routers have it: a segment that is
 * written out before a parameter, from the left. One that matches behind a base path (`/api/items/7`) or without it
 * counts only where none matches as it is. Otherwise the first segment that tells a resource stands for all below it.
 */
export function routeOf(target: string, templates: readonly string[]): string {
  const path = pathOf(target);
  const exact = mostSpecific(templates.filter((template) => matches(template, path)));
  return exact ?? mostSpecific(templates.filter((template) => matchesBehind(template, path))) ?? automatic(path);
}

/**
 * Whether a path matches a template: each segment is equal, or is matched by `{parameter}` or `*`; `**` matches any
 * number of segments. A trailing slash is ignored.
 */
export function matches(template: string, path: string): boolean {
  return matchesPattern(
    segmentsIn(template).map((part) => (isParameter(part) ? '*' : part)),
    segmentsIn(path),
  );
}

/** How many segments of a base path may be present in only one of the two. */
const LONGEST_BASE = 3;

/** Whether it matches after skipping segments of a base path. A template of parameters alone would match anything. */
function matchesBehind(template: string, path: string): boolean {
  const parts = segmentsIn(template);
  if (parts.every(isParameter) || parts.includes(MANY)) return false;
  const segments = segmentsIn(path);
  const base = segments.length - parts.length;
  return base > 0 && base <= LONGEST_BASE && matches(template, `/${segments.slice(base).join('/')}`);
}

function mostSpecific(templates: readonly string[]): string | undefined {
  const shape = (template: string) =>
    segmentsIn(template)
      .map((part) => (part === MANY ? '2' : isParameter(part) ? '1' : '0'))
      .join('');
  return templates.toSorted((a, b) => (shape(a) < shape(b) ? -1 : shape(a) > shape(b) ? 1 : 0))[0];
}

/** Segments that precede resources and identify none. */
const OF_A_BASE = /^(?:api|apis|rest|services?|public|internal|v\d+(?:\.\d+)*(?:alpha\d*|beta\d*)?)$/i;

/**
 * `/items/7` belongs to `/items/*`, and `/api/v1/items/7` to `/api/v1/items/*`, which keeps the number of routes small.
 */
function automatic(path: string): string {
  const segments = path.split('/').slice(1);
  const base = segments.slice(0, LONGEST_BASE).findIndex((segment) => !OF_A_BASE.test(segment));
  const kept = base < 0 ? 1 : base + 1;
  const below = segments.slice(kept);
  const resource = `/${segments.slice(0, kept).join('/')}`;
  if (below.length === 0) return path;
  return base > 0 && below.join('') === '' ? resource : `${resource}/*`;
}

const isParameter = (part: string) => part.startsWith('{') || part === '*';
const segmentsIn = (path: string) =>
  path
    .replace(/^\//, '')
    .replace(/(?<=.)\/$/, '')
    .split('/');

export function pathOf(target: string): string {
  // A client that complies with RFC 9110, 7.1 sends no fragment. If one is sent, it may contain a token.
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}
