/**
 * Compares Content-Type. Another media type breaks clients; another charset of JSON does not; http.Error has a cause of
 * its own.
 */

import type { ResponseLeg } from '../../../capture/format/index.ts';
import { firstValue, isRedirect, type MediaType, mediaTypeOf } from '../../../http/index.ts';
import type { Cause } from '../../causes/index.ts';
import { type Answers, type HeaderDifference, isJsonType } from '../../model/index.ts';
import { headerDifference } from './header-difference.ts';

const NAME = 'content-type';

export function compareContentType(answers: Answers): HeaderDifference[] {
  const { stable, candidate } = answers;
  const [a, b] = [firstValue(stable.headers, NAME), firstValue(candidate.headers, NAME)];
  const cause = causeOf(answers);
  if (cause === null) return [];
  const advice = isWithoutBoundary(mediaTypeOf(stable), mediaTypeOf(candidate)) ? BOUNDARY : undefined;
  return [headerDifference(cause, NAME, a, b, advice)];
}

function causeOf(answers: Answers): Cause | null {
  const { stable, candidate } = answers;
  const [x, y] = [mediaTypeOf(stable), mediaTypeOf(candidate)];
  const alias = x.type !== y.type && registered(x.type) === registered(y.type);
  if (x.type !== y.type && !alias) {
    if (isRedirect(stable) && isRedirect(candidate)) return 'redirect-body';
    if (isHttpError(candidate) && isJsonType(x.type)) return 'error-as-text';
    if (isErrorOfHead(answers)) return 'header-value';
    if (describesNothing(answers)) return 'media-type-of-nothing';
    // HEAD need not say what shows only when the content is made (RFC 9110, 9.3.2).
    if (answers.request.method === 'HEAD' && y.type === '') return 'header-missing';
    // Without a declared type, clients have been guessing it so far.
    return x.type === '' ? 'header-added' : 'media-type';
  }
  if (isWithoutBoundary(x, y)) return 'media-type';
  const names = new Set([...x.parameters.keys(), ...y.parameters.keys()]);
  names.delete('boundary');
  for (const name of names) {
    const [p, q] = [x.parameters.get(name), y.parameters.get(name)];
    if (p?.toLowerCase() !== q?.toLowerCase()) return name === 'charset' ? 'charset' : 'header-value';
  }
  return alias ? 'header-format' : null;
}

const BOUNDARY = 'Name the boundary in Content-Type: without it no client finds the parts.';

/** Without a boundary, readers cannot find the parts (RFC 2046, 5.1.1); its value is arbitrary. */
function isWithoutBoundary(stable: MediaType, candidate: MediaType): boolean {
  const isNamed = ({ parameters }: MediaType) => parameters.has('boundary');
  return (
    stable.type.startsWith('multipart/') && stable.type === candidate.type && isNamed(stable) && !isNamed(candidate)
  );
}

/** Alternative names that registrations list for a media type, with the preferred name. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  // RFC 7303, 9.2
  ['text/xml', 'application/xml'],
  // RFC 9239, 6
  ...['application/javascript', 'application/x-javascript', 'text/x-javascript', 'application/ecmascript'].map(
    (name) => [name, 'text/javascript'] as const,
  ),
  // RFC 9512, 2.1
  ...['application/x-yaml', 'text/yaml', 'text/x-yaml', 'text/vnd.yaml'].map(
    (name) => [name, 'application/yaml'] as const,
  ),
  // RFC 6713, 3
  ['application/x-gzip', 'application/gzip'],
  // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: without a suffix, proto is assumed.
  ['application/grpc+proto', 'application/grpc'],
  ['application/grpc-web+proto', 'application/grpc-web'],
  ['application/grpc-web-text+proto', 'application/grpc-web-text'],
  // RFC 8081, 4.4; browsers ignore the type of a font.
  ...['woff', 'woff2', 'otf', 'ttf'].flatMap((font) =>
    [`application/font-${font}`, `application/x-font-${font}`].map((name) => [name, `font/${font}`] as const),
  ),
  // IANA's registration
  ['image/x-icon', 'image/vnd.microsoft.icon'],
]);

const registered = (type: string) => ALIASES.get(type) ?? type;

const lengthOf = ({ headers }: ResponseLeg) => firstValue(headers, 'content-length');

/**
 * Whether stable sends no body, and the candidate sends none or an error body, which is reported separately. An answer
 * to HEAD describes the body that GET would return.
 */
function describesNothing({ request, stable, candidate }: Answers): boolean {
  if (request.method === 'HEAD') return lengthOf(stable) === '0' && (lengthOf(candidate) ?? '0') === '0';
  return stable.body.bytes === 0 && (candidate.body.bytes === 0 || stable.status >= 400);
}

/** For HEAD, the status already says that nothing is there. Whether any client reads the type as well is unknown. */
function isErrorOfHead({ request, stable, candidate }: Answers): boolean {
  return request.method === 'HEAD' && stable.status >= 400 && candidate.status >= 400;
}

/** Detects the two fields that http.Error sets. */
function isHttpError(leg: ResponseLeg): boolean {
  const nosniff = firstValue(leg.headers, 'x-content-type-options')?.toLowerCase() === 'nosniff';
  return mediaTypeOf(leg).type === 'text/plain' && nosniff;
}
