/**
 * Compares header fields, with names folded and values in order: differences that clients may notice, and differences
 * between any two servers.
 */

import { type Field, fieldsOf, membersOf } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import type { Answers, HeaderDifference } from '../../model/index.ts';
import { type FieldChange, isKeptCoded, isRefusedCoding, meaningOf, tokensOf, writtenAlike } from '../fields/index.ts';
import { compareContentType } from './content-type.ts';
import { compareCookies } from './cookies.ts';
import { movesWithDate, sameMoment } from './dates.ts';
import { compareFraming } from './framing.ts';
import { headerDifference } from './header-difference.ts';
import { compareLocation } from './location.ts';
import { inStableHost } from './own-host.ts';
import { compareValidator } from './validators.ts';

/** At most this many differences of header fields are reported. */
const MAX_HEADER_DIFFERENCES = 50;

/** Fields that name the server, the hop or the time. */
const IDENTITY = new Set([
  'age',
  'alt-svc',
  'b3',
  'cf-cache-status',
  'cf-ray',
  'connection',
  'date',
  'fly-request-id',
  'keep-alive',
  'proxy-connection',
  'server',
  'server-timing',
  'traceparent',
  'traceresponse',
  'tracestate',
  'uber-trace-id',
  'via',
  'x-amz-cf-id',
  'x-amz-cf-pop',
  'x-amz-id-2',
  'x-amz-request-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
  'x-aspnet-version',
  'x-b3-flags',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-spanid',
  'x-b3-traceid',
  'x-cache',
  'x-cache-hits',
  'x-cloud-trace-context',
  'x-datadog-parent-id',
  'x-datadog-sampling-priority',
  'x-datadog-trace-id',
  'x-envoy-upstream-service-time',
  'x-ms-request-id',
  'x-powered-by',
  'x-response-time',
  'x-runtime',
  'x-served-by',
  'x-timer',
  'x-vercel-id',
]);

/** Fields whose value differs between any two answers; only a missing field is reported. */
const CORRELATION = new Set([
  'x-request-id',
  'x-correlation-id',
  'request-id',
  'correlation-id',
  'x-trace-id',
  'trace-id',
]);

/** Hashes of the body, which follow from its bytes (RFC 9530). */
const DIGESTS = new Set(['content-digest', 'content-md5', 'digest', 'repr-digest']);

const haveOtherBytes = ({ stable, candidate }: Answers) => stable.body.data !== candidate.body.data;

/** Keyed hashes of the body, or signatures over it. */
const SIGNATURES = new Set([
  'signature',
  'x-content-signature',
  'x-hub-signature',
  'x-hub-signature-256',
  'x-signature',
]);

/** Fields whose values form a set of tokens, in any case and order. */
const TOKEN_SETS = new Set([
  'accept-ranges',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'allow',
  'cache-control',
  'pragma',
  'trailer',
  'vary',
]);

/** Fields whose values form an ordered list. Only list-valued fields may be joined (RFC 9110, 5.3). */
const LISTS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'accept-patch',
  'accept-post',
  'content-language',
  'forwarded',
  'link',
  'preference-applied',
  'proxy-authenticate',
  'upgrade',
  'warning',
  'www-authenticate',
]);

export function compareHeaders(answers: Answers): HeaderDifference[] {
  const [stable, candidate] = [fieldsOf(answers.stable.headers), fieldsOf(answers.candidate.headers)];
  const names = [...new Set([...stable.keys(), ...candidate.keys()])].sort();
  const found = [...compareNames(stable, candidate), ...compareFraming(answers)];
  const own = (value: string) => inStableHost(value, answers);
  for (const name of names) {
    if (found.length > MAX_HEADER_DIFFERENCES) break;
    found.push(
      ...compareField(name, stable.get(name)?.values ?? [], (candidate.get(name)?.values ?? []).map(own), answers),
    );
  }
  if (found.length <= MAX_HEADER_DIFFERENCES) return consolidated(found);
  return [...found.slice(0, MAX_HEADER_DIFFERENCES), headerDifference('too-many-differences', '*', null, null)];
}

function compareField(name: string, a: readonly string[], b: readonly string[], answers: Answers): HeaderDifference[] {
  const [stable, candidate] = [joined(a), joined(b)];
  const one = (cause: Cause) => [headerDifference(cause, name, stable, candidate)];
  const twice = twiceAs(name);
  if (twice !== null && new Set(b).size > 1 && !sameList(a, b)) return one(twice);
  switch (name) {
    case 'content-length':
    case 'transfer-encoding':
      return [];
    case 'content-type':
      return compareContentType(answers);
    case 'set-cookie':
      return compareCookies(a, b, answers);
    case 'location':
    case 'content-location':
      return compareLocation(name, answers);
    case 'etag':
      return compareValidator(name, stable, candidate);
    case 'last-modified':
      return movesWithDate(name, stable, candidate, answers)
        ? one('header-format')
        : compareValidator(name, stable, candidate);
    default:
      return sameList(a, b) ? [] : one(causeOf({ name, stable: a, candidate: b, answers }));
  }
}

/** The cause for a field without a comparison of its own. */
function causeOf(change: FieldChange): Cause {
  const { name, stable: a, candidate: b, answers } = change;
  const inBoth = a.length > 0 && b.length > 0;
  if (IDENTITY.has(name)) return 'server-identity';
  if (CORRELATION.has(name) && inBoth) return isEchoOf(answers.request, name, a) ? 'header-value' : 'server-identity';
  if (name === 'content-encoding')
    return isRefusedCoding(b, answers) && !isRefusedCoding(a, answers) ? 'coding-refused' : 'content-encoding';
  if (inBoth && meansTheSame(change)) return 'header-format';
  if (name === 'vary' && sameList(withoutEncoding(a), withoutEncoding(b)) && !isKeptCoded(answers))
    return 'content-encoding';
  if (DIGESTS.has(name) && inBoth && haveOtherBytes(answers)) return 'body-digest';
  if (SIGNATURES.has(name) || DIGESTS.has(name)) return 'signed-body';
  return meaningOf(change) ?? (inBoth ? 'header-value' : a.length === 0 ? 'header-added' : 'header-missing');
}

/** Whether an answer names the request by the id that the client gave it. */
const isEchoOf = ({ headers = [] }: Answers['request'], name: string, values: readonly string[]) =>
  headers.some(([field, value]) => field.toLowerCase() === name && values.includes(value));

/** Whether two values that are written differently mean the same to every reader. */
function meansTheSame({ name, stable: a, candidate: b, answers }: FieldChange): boolean {
  if (TOKEN_SETS.has(name) && sameList(tokensOf(a), tokensOf(b))) return true;
  if (LISTS.has(name) && sameList(membersOf(a), membersOf(b))) return true;
  // Methods have a case.
  if (name === 'access-control-allow-methods' && sameList(membersOf(a).sort(), membersOf(b).sort())) return true;
  const [stable, candidate] = [a.join(', '), b.join(', ')];
  if (name === 'expires' && sameMoment(stable, candidate, answers)) return true;
  return movesWithDate(name, stable, candidate, answers) || writtenAlike(name, stable, candidate);
}

function joined(values: readonly string[]): string | null {
  return values.length > 0 ? values.join(', ') : null;
}

/**
 * If a single-valued field is sent twice with different values, clients may disagree on which one counts (RFC 9110,
 * 5.3).
 */
function twiceAs(name: string): Cause | null {
  return name === 'content-type' ? 'media-type' : name === 'location' ? 'location' : null;
}

/** Reports a single difference for all names that differ only in case. */
function compareNames(stable: ReadonlyMap<string, Field>, candidate: ReadonlyMap<string, Field>): HeaderDifference[] {
  for (const [name, { written }] of stable) {
    const other = candidate.get(name)?.written;
    if (other !== undefined && other !== written) return [headerDifference('header-case', name, written, other)];
  }
  return [];
}

/** http.Error sets two fields for one reason, which is reported once. */
function consolidated(found: HeaderDifference[]): HeaderDifference[] {
  if (!found.some(({ cause }) => cause === 'error-as-text')) return found;
  return found.filter(({ name }) => name !== 'x-content-type-options');
}

const withoutEncoding = (values: readonly string[]) => tokensOf(values).filter((token) => token !== 'accept-encoding');

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
