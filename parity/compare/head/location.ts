/** Location and Content-Location: where they lead, not how they are written. */

import { firstValue, withQueryAsRead } from '../../../http/index.ts';
import type { Answers, HeaderDifference } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';
import { inStableHost } from './own-host.ts';

/** Stands for the host where the request's is not known. */
const SOMEWHERE = 'crossfade.invalid';

export function compareLocation(name: string, answers: Answers): HeaderDifference[] {
  const { request, hosts, stable, candidate } = answers;
  const [a, b] = [firstValue(stable.headers, name), firstValue(candidate.headers, name)];
  if (a === b) return [];
  // Nobody follows it but from a redirect.
  if (a === null && !isRedirect(stable) && !isRedirect(candidate))
    return [headerDifference('header-added', name, a, b)];
  const host = hosts?.stable ?? firstValue(request.headers ?? [], 'host');
  const [x, y] = [a, b === null ? null : inStableHost(b, answers)].map((to) => resolve(to, request.target, host));
  if (x == null || y == null) return [headerDifference('location', name, a, b)];
  if (x === y) {
    return isOtherScheme(a, b, answers)
      ? [headerDifference('header-value', name, a, b, SCHEME)]
      : [headerDifference('location-form', name, a, b)];
  }
  return withQueryAsRead(x) === withQueryAsRead(y)
    ? [headerDifference('header-value', name, a, b, QUERY)]
    : [headerDifference('location', name, a, b)];
}

const SCHEME =
  'Send the scheme that stable sends: behind a load balancer X-Forwarded-Proto tells by which the client asked; or add a rule.';
const QUERY =
  'The query is written otherwise (order of its pairs, escapes, `+` for `%20`), which nearly every service reads alike; add a rule if yours does.';

/** At one host both sides were asked by one scheme: TLS lost, or a redirect to where nobody listens. */
function isOtherScheme(a: string | null, b: string | null, { hosts }: Answers): boolean {
  if (hosts !== undefined && hosts.stable !== hosts.candidate) return false;
  const [x, y] = [a, b].map((reference) => /^https?:(?=\/\/)/i.exec(reference ?? '')?.[0].toLowerCase());
  return x !== undefined && y !== undefined && x !== y;
}

const isRedirect = ({ status }: Answers['stable']) => status >= 300 && status < 400;

/** Path, query and fragment, with the host unless it is the request's own, whatever the scheme: TLS may end before it. */
function resolve(reference: string | null, target: string, host: string | null): string | null {
  if (reference === null) return null;
  const base = `http://${host ?? SOMEWHERE}`;
  const [own, url] = [parse(target, base), parse(reference, `${base}${target.startsWith('/') ? target : '/'}`)];
  if (own === null || url === null) return null;
  const elsewhere = url.host !== own.host && (url.hostname !== own.hostname || host === null);
  return normalised(`${elsewhere ? url.origin : ''}${url.pathname}${url.search}${url.hash}`);
}

/** Escapes in one case, and none of what needs none (RFC 3986, 6.2.2). */
function normalised(reference: string): string {
  return reference.replaceAll(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase();
  });
}

function parse(reference: string, base: string): URL | null {
  return URL.canParse(reference, base) ? new URL(reference, base) : null;
}
