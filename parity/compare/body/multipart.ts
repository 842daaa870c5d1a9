/**
 * Compares two multipart bodies, part by part: by name, or by number if parts have no name. Pointer: `/<name or
 * number>`, then the pointer within the part.
 */

import { parseMediaType, pointerStep } from '../../../http/index.ts';
import { type BodyDifference, within } from '../../model/index.ts';
import { byteContent, type Content } from './decoded-content.ts';
import { bodyDifference } from './json.ts';
import { type Part, parseMessage, parseMultipart } from './multipart-parts.ts';

type CompareContent = (stable: Content, candidate: Content) => BodyDifference[];

/** Call only if the bodies differ. Returns null if a body does not match its boundary. */
export function compareMultipart(a: Content, b: Content, compare: CompareContent): BodyDifference[] | null {
  const [x, y] = [a, b].map(({ bytes, mediaType }) => parseMultipart(bytes, mediaType.parameters.get('boundary')));
  if (!x || !y) return null;
  const [ours, theirs] = [byPlace(x), byPlace(y)];
  const found = [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((place) =>
    comparePart(place, ours.get(place), theirs.get(place), compare),
  );
  if (found.length > 0) return found;
  const [p, q] = [a, b].map(({ mediaType }) => mediaType.parameters.get('boundary') ?? null);
  return [bodyDifference('part-boundary', '', p ?? null, q ?? null)];
}

function comparePart(
  place: string,
  a: Part | undefined,
  b: Part | undefined,
  compare: CompareContent,
): BodyDifference[] {
  if (a === undefined || b === undefined) {
    return [bodyDifference('part-value', place, lengthOf(a), lengthOf(b))];
  }
  const [x, y] = [headersOf(a), headersOf(b)];
  if (x !== y) return [bodyDifference('part-value', place, x, y)];
  if (a.mediaType.type !== 'application/http' || b.mediaType.type !== 'application/http')
    return within(place, compare(contentOf(a), contentOf(b)));
  return within(place, compareMessagesOf(parseMessage(a.bytes), parseMessage(b.bytes), compare));
}

type Message = ReturnType<typeof parseMessage>;

/** Of the start line, only the status counts. Fields that depend on the moment are ignored. */
function compareMessagesOf(a: Message, b: Message, compare: CompareContent): BodyDifference[] {
  const [p, q] = [a, b].map(({ startLine }) => /^HTTP\/[\d.]+ (\d{3})/.exec(startLine)?.[1] ?? startLine);
  const [x, y] = [a, b].map((message) =>
    headersOf({ headers: message.headers.filter(([name]) => !OF_THE_MOMENT.has(name.toLowerCase())) }),
  );
  return [
    ...(p === q ? [] : [bodyDifference('part-value', '/status', p ?? null, q ?? null)]),
    ...(x === y ? [] : [bodyDifference('part-value', '/headers', x ?? null, y ?? null)]),
    ...compare(contentOf(a), contentOf(b)),
  ];
}

const OF_THE_MOMENT = new Set(['date', 'server', 'expires', 'etag', 'last-modified', 'x-powered-by']);

const contentOf = ({ mediaType, bytes }: Part) => byteContent(mediaType, bytes);

/** Repeated names are numbered. */
function byPlace(parts: readonly Part[]): Map<string, Part> {
  const places = new Map<string, Part>();
  for (const [i, part] of parts.entries()) {
    const place = pointerStep(part.name ?? String(i));
    places.set(places.has(place) ? `${place}/${i}` : place, part);
  }
  return places;
}

const lengthOf = (part: Part | undefined) => (part === undefined ? null : `${part.bytes.length} bytes`);

/**
 * Header fields with names in lower case, in any order. The boundary of a nested multipart is arbitrary, and the length
 * follows from the content, so both are left out.
 */
function headersOf({ headers }: Pick<Part, 'headers'>): string {
  return headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `${name}: ${WITH_PARAMETERS.has(name) ? inOneSpelling(value) : value}`)
    .sort()
    .join('; ');
}

const WITH_PARAMETERS = new Set(['content-type', 'content-disposition']);

/** A type and its parameters, whose order, white space and quotes mean nothing. A charset has no case. */
function inOneSpelling(value: string): string {
  const { type, parameters } = parseMediaType(value);
  const written = [...parameters]
    .filter(([name]) => name !== 'boundary')
    .map(([name, said]) => `${name}="${name === 'charset' ? said.toLowerCase() : said}"`);
  return [type, ...written.sort()].join('; ');
}
