/** Compares Link (RFC 8288): relations that clients follow from page to page, and relations that are only hints. */
import { firstValue, membersOf, splitOutsideQuotes, unquote, withQueryAsRead } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import type { Answers } from '../../model/index.ts';

/** Relations by which clients go from page to page. */
const PAGES = new Set(['first', 'last', 'next', 'prev', 'previous']);

/** Relations whose absence costs only speed (HTML standard, "Link types"). */
const HINTS = new Set(['dns-prefetch', 'modulepreload', 'preconnect', 'prefetch', 'preload', 'prerender']);

/** Returns null for relations that no standard obliges clients to follow. */
export function changeOfLinks(a: readonly string[], b: readonly string[], answers: Answers): Cause | null {
  const [stable, candidate] = [linksOf(a, answers), linksOf(b, answers)];
  const isPage = ([relation]: Link) => PAGES.has(relation);
  const only = (links: readonly Link[], which: (link: Link) => boolean) =>
    JSON.stringify(links.filter(which).sort(([p, q], [r, s]) => (p < r || (p === r && q < s) ? -1 : 1)));
  const missing = stable
    .filter(isPage)
    .some(([relation, target]) => !candidate.some((link) => link[0] === relation && sameQuery(link[1], target)));
  // Clients go on until there is no next page.
  const [ends, goesOn] = [stable, candidate].map((links) => links.some(([relation]) => relation === 'next'));
  if (missing || (goesOn === true && ends === false && stable.some(isPage))) return 'page-link';
  const counts = ([relation]: Link) => !HINTS.has(relation);
  if (only(stable, counts) !== only(candidate, counts)) return null;
  return only(stable, () => true) === only(candidate, () => true) ? 'header-format' : 'header-unread';
}

const sameQuery = (a: string, b: string) => withQueryAsRead(a) === withQueryAsRead(b);

type Link = readonly [relation: string, target: string, parameters: string];

/** One entry for each relation of each link. */
function linksOf(values: readonly string[], { request, hosts }: Answers): Link[] {
  const host = hosts?.stable ?? firstValue(request.headers ?? [], 'host') ?? 'crossfade.invalid';
  const base = `http://${host}${request.target.startsWith('/') ? request.target : '/'}`;
  return membersOf(values).flatMap((member) => {
    const [target = '', ...parameters] = splitOutsideQuotes(member, ';').map((part) => part.trim());
    const relation = parameters.find((parameter) => /^rel\s*=/i.test(parameter))?.replace(/^rel\s*=\s*/i, '') ?? '';
    const rest = parameters.filter((parameter) => !/^rel\s*=/i.test(parameter)).sort();
    const place = target.replace(/^<|>$/g, '');
    // The scheme is ignored, because TLS may end before the service.
    const absolute = URL.canParse(place, base) ? new URL(place, base).href.replace(/^https?:/, '') : place;
    return unquote(relation)
      .toLowerCase()
      .split(/\s+/)
      .map((one) => [one, absolute, rest.join(';')] as const);
  });
}
