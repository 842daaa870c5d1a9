/** Compares Location and Content-Location by the place that they lead to, not by their spelling. */

import { firstValue, withEscapesAsRead, withQueryAsRead } from '../../../http/index.ts';
import type { Answers, HeaderDifference } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';
import { inStableHost } from './own-host.ts';

/** Placeholder if the host of the request is unknown. */
const SOMEWHERE = 'crossfade.invalid';

export function compareLocation(name: string, answers: Answers): HeaderDifference[] {
  const { request, hosts, stable, candidate } = answers;
  const [a, b] = [firstValue(stable.headers, name), firstValue(candidate.headers, name)];
  if (a === b) return [];
  // Clients follow it only in a redirect.
  if (a === null && !isRedirect(stable) && !isRedirect(candidate))
    return [headerDifference('header-added', name, a, b)];
  const host = hosts?.stable ?? firstValue(request.headers ?? [], 'host');
  const [x, y] = [a, b === null ? null : inStableHost(b, answers)].map((to) => resolve(to, request.target, host));
  if (x == null || y == null) return elsewhere(name, a, b);
  if (x === y) {
    return isOtherScheme(a, b, answers)
      ? [headerDifference('header-value', name, a, b, SCHEME)]
      : [headerDifference('location-form', name, a, b)];
  }
  return withQueryAsRead(x) === withQueryAsRead(y)
    ? [headerDifference('header-value', name, a, b, QUERY)]
    : elsewhere(name, a, b);
}

/** No client follows Content-Location: it names what the body is (RFC 9110, 8.7). */
function elsewhere(name: string, a: string | null, b: string | null): HeaderDifference[] {
  if (name === 'location') return [headerDifference('location', name, a, b)];
  return [headerDifference(b === null ? 'header-missing' : 'header-value', name, a, b)];
}

const SCHEME =
  'Send the scheme that stable sends: behind a load balancer X-Forwarded-Proto tells by which the client asked; or add a rule.';
const QUERY =
  'The query is written differently (order of its pairs, escapes, `+` for `%20`), which nearly every service reads alike; add a rule if yours does.';

/**
 * Both sides were asked at the same host with the same scheme, so another scheme means that TLS was lost, or that the
 * redirect leads to a closed port.
 */
function isOtherScheme(a: string | null, b: string | null, { hosts }: Answers): boolean {
  if (hosts !== undefined && hosts.stable !== hosts.candidate) return false;
  const [x, y] = [a, b].map((reference) => /^https?:(?=\/\/)/i.exec(reference ?? '')?.[0].toLowerCase());
  return x !== undefined && y !== undefined && x !== y;
}

const isRedirect = ({ status }: Answers['stable']) => status >= 300 && status < 400;

/**
 * Path, query and fragment, with the host unless it is the request's own. The scheme is ignored then, because TLS may
 * end before the service.
 */
function resolve(reference: string | null, target: string, host: string | null): string | null {
  if (reference === null) return null;
  const base = `http://${host ?? SOMEWHERE}`;
  const [own, url] = [parse(target, base), parse(reference, `${base}${target.startsWith('/') ? target : '/'}`)];
  if (own === null || url === null) return null;
  const elsewhere = url.host !== own.host && (url.hostname !== own.hostname || host === null);
  return withEscapesAsRead(`${elsewhere ? url.origin : ''}${url.pathname}${url.search}${url.hash}`);
}

function parse(reference: string, base: string): URL | null {
  return URL.canParse(reference, base) ? new URL(reference, base) : null;
}
