/** Compares two bodies: byte by byte first, then decoded, then by the format that they declare or appear to have. */

import { type CapturedBody, type Decode, MAX_DECODED_BYTES, type ResponseLeg } from '../../../capture/format/index.ts';
import { codingsOf, isRedirect, mediaTypeOf } from '../../../http/index.ts';
import { entryOf } from '../../causes/index.ts';
import { type Answers, type BodyDifference, why } from '../../model/index.ts';
import type { BodyRules } from '../../rules/index.ts';
import { inStableHost, inStableNonces, rangeOf } from '../head/index.ts';
import { sameBytes } from './bytes.ts';
import { compareContent } from './content.ts';
import { type Content, namesCharset, type Read, readContent, readPlain, textContent } from './decoded-content.ts';
import { bodyDifference, MAX_DIFFERENCES } from './json.ts';

export function compareBody(
  answers: Answers,
  decode: Decode | undefined,
  rules: BodyRules | undefined,
): BodyDifference[] {
  return [...guessedCharset(answers, decode), ...compareBodies(answers, decode, rules)];
}

/**
 * Where the candidate names no charset, and not within its page either, browsers take windows-1252 for it, and some
 * clients ISO 8859-1.
 */
function guessedCharset(answers: Answers, decode: Decode | undefined): BodyDifference[] {
  if (!losesCharset(answers) || answers.candidate.body.truncated) return [];
  const read = readContent(answers.candidate, decode);
  if (typeof read === 'string' || read.text === null || read.text.startsWith('\ufeff') || namesCharset(read)) return [];
  return isAscii(read.text) ? [] : [bodyDifference('charset-guessed', '', 'named in Content-Type', null)];
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

function losesCharset({ stable, candidate }: Answers): boolean {
  const [a, b] = [mediaTypeOf(stable), mediaTypeOf(candidate)];
  return GUESSED.has(b.type) && a.type === b.type && a.parameters.has('charset') && !b.parameters.has('charset');
}

/**
 * What is shown to people; scripts and styles are read in the charset of their page, and anything else by programs, as
 * UTF-8.
 */
const GUESSED = new Set(['text/html', 'text/plain']);

function compareBodies(answers: Answers, decode: Decode | undefined, rules: BodyRules | undefined): BodyDifference[] {
  const { stable, candidate } = answers;
  if (sameOnTheWire(stable.body, candidate.body) && readAlike(stable, candidate)) return [];
  if (stable.body.truncated || candidate.body.truncated) return [unknown('Only its beginning is known.')];
  const [a, b] = [readContent(stable, decode), readContent(candidate, decode)];
  if (typeof a !== 'string' && typeof b !== 'string')
    return recompressed(a, b, decode) ?? compareRead(answers, a, b, rules);
  return comparePlain(answers, a, b, rules);
}

/**
 * A body is not in its declared content coding, but is text: the field does not name a coding (`utf-8`, `aws-chunked`),
 * or a recorder decoded both bodies and kept the field. The texts are compared.
 */
function comparePlain(answers: Answers, a: Read, b: Read, rules: BodyRules | undefined): BodyDifference[] {
  const { stable, candidate } = answers;
  const isText = ({ body }: ResponseLeg) => body.encoding === 'utf8' && !body.data.includes('\0');
  const bothMalformed = a === 'malformed' && b === 'malformed';
  const plain = (read: Read, leg: ResponseLeg) =>
    isText(leg) && (read === 'unsupported' || bothMalformed) ? readPlain(leg) : read;
  const [x, y] = [plain(a, stable), plain(b, candidate)];
  if (typeof x === 'string' || typeof y === 'string') return unreadable(x, y);
  const advice = 'The header field names a coding that the body does not have; the body was compared as it is.';
  const [p, q] = [codingsOf(stable).join(', '), codingsOf(candidate).join(', ')];
  return [bodyDifference('content-encoding', '', p, q, advice), ...compareRead(answers, x, y, rules)];
}

function compareRead(answers: Answers, a: Content, b: Content, rules: BodyRules | undefined): BodyDifference[] {
  const { stable, candidate } = answers;
  if (isRedirect(stable) && isRedirect(candidate)) {
    return [bodyDifference('redirect-body', '', textOf(stable), textOf(candidate))];
  }
  if (isPart(answers, a.bytes, b.bytes)) return [];
  if (a.bytes.length === 0 || b.bytes.length === 0) return compareEmpty(answers, a.bytes, b.bytes);
  if (b.text === null) return compareAs(answers, a, b, rules);
  const hosted = inStableHost(b.text, answers);
  const own = inStableNonces(hosted, answers);
  if (own === b.text) return compareAs(answers, a, b, rules);
  if (hosted === b.text) return compareAs(answers, a, textContent(b.mediaType, own), rules);
  const note = bodyDifference('location-form', '', answers.hosts?.stable ?? null, answers.hosts?.candidate ?? null);
  return [note, ...compareAs(answers, a, textContent(b.mediaType, own), rules)];
}

/** A file that is compressed itself, not by its transport, and that another library or level has packed. */
function recompressed(a: Content, b: Content, decode: Decode | undefined): BodyDifference[] | null {
  const packed = PACKED.find(({ magic }) =>
    [a, b].every(({ bytes }) => sameBytes(bytes.subarray(0, magic.length), magic)),
  );
  if (packed === undefined || decode === undefined || sameBytes(a.bytes, b.bytes)) return null;
  const [x, y] = [a, b].map(({ bytes }) => decode(packed.coding, bytes, MAX_DECODED_BYTES));
  if (x?.outcome !== 'decoded' || y?.outcome !== 'decoded' || !sameBytes(x.bytes, y.bytes)) return null;
  return [bodyDifference('recompressed', '', sizeOf(a.bytes), sizeOf(b.bytes))];
}

const PACKED = [
  { coding: 'gzip', magic: Uint8Array.of(0x1f, 0x8b) },
  { coding: 'zstd', magic: Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd) },
];

/** Whether the candidate sends those bytes of stable's answer that it says, with the length of the whole. */
function isPart(answers: Answers, whole: Uint8Array, part: Uint8Array): boolean {
  const range = rangeOf(answers);
  if (range === null || codingsOf(answers.candidate).length > 0) return false;
  const { first, last, total } = range;
  return (total ?? whole.length) === whole.length && sameBytes(whole.subarray(first, last + 1), part);
}

function compareAs(answers: Answers, a: Content, b: Content, rules: BodyRules | undefined): BodyDifference[] {
  const { differences, asData } = compareContent(a, b, rules);
  return capped(asData ? differences : asErrorPage(answers, differences));
}

/** Whether equal bytes mean equal content. */
function readAlike(a: ResponseLeg, b: ResponseLeg): boolean {
  const charset = (leg: ResponseLeg) => mediaTypeOf(leg).parameters.get('charset')?.toLowerCase() ?? 'utf-8';
  return codingsOf(a).join() === codingsOf(b).join() && charset(a) === charset(b);
}

function capped(differences: BodyDifference[]): BodyDifference[] {
  if (differences.length <= MAX_DIFFERENCES + 1) return differences;
  return [...differences.slice(0, MAX_DIFFERENCES), bodyDifference('too-many-differences', '', null, null)];
}

/** Equal digests mean equal bytes, however much of them was kept. */
function sameOnTheWire(a: CapturedBody, b: CapturedBody): boolean {
  if (a.bytes !== b.bytes) return false;
  if (a.digest !== undefined && b.digest !== undefined && a.digest === b.digest) return true;
  return !a.truncated && !b.truncated && a.encoding === b.encoding && a.data === b.data;
}

function unreadable(a: Read, b: Read): BodyDifference[] {
  const outcomes = [a, b].filter((read) => typeof read === 'string');
  if (outcomes.includes('malformed')) {
    const side = (read: Read) => (read === 'malformed' ? 'cannot be decoded' : 'can be decoded, or was not tried');
    return [bodyDifference('undecodable-content', '', side(a), side(b))];
  }
  if (outcomes.includes('too-large'))
    return [unknown(`Decoded it has more than ${MAX_DECODED_BYTES} bytes, or very many parts.`)];
  if (outcomes.includes('no-decoder')) return [unknown('It is compressed, and this comparison was given no decoder.')];
  return [unknown('Its content coding is not known here (gzip, br, zstd and deflate are).')];
}

function unknown(reason: string): BodyDifference {
  return bodyDifference('body-uncomparable', '', null, null, `${reason} ${why('body-uncomparable').advice}`);
}

/** For these statuses the missing body follows from the status itself (RFC 9110, 15.3.5, 15.3.6, 15.4.5). */
const NEVER_A_BODY = new Set([204, 205, 304]);

function compareEmpty({ stable, candidate }: Answers, a: Uint8Array, b: Uint8Array): BodyDifference[] {
  if (a.length === b.length || [stable, candidate].some(({ status }) => NEVER_A_BODY.has(status))) return [];
  const added = stable.status >= 400 ? 'body-added' : 'body-unexpected';
  return [bodyDifference(a.length === 0 ? added : 'body-missing', '', sizeOf(a), sizeOf(b))];
}

const sizeOf = (bytes: Uint8Array) => (bytes.length === 0 ? null : `${bytes.length} bytes`);

/**
 * If two pages report the same error, their wording counts as one difference, not many. A page for a different error
 * follows from its status.
 */
function asErrorPage({ stable, candidate }: Answers, differences: BodyDifference[]): BodyDifference[] {
  const areErrors = stable.status >= 400 && candidate.status >= 400;
  if (!areErrors || !differences.some(({ cause }) => entryOf(cause).ofWording === true)) return differences;
  if (stable.status !== candidate.status) return [];
  const forPeople = [stable, candidate].every((leg) => mediaTypeOf(leg).type === 'text/html');
  const cause = forPeople ? 'error-page' : stable.status === 404 ? 'not-found-body' : 'error-body';
  return [bodyDifference(cause, '', textOf(stable), textOf(candidate))];
}

function textOf(leg: ResponseLeg): string {
  return leg.body.encoding === 'utf8' ? leg.body.data : `${leg.body.bytes} bytes`;
}
