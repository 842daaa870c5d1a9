/**
 * Values that each side generates for its own answer. Their difference means nothing, and redaction may hide whether
 * they are of that kind. A place is recognised by its name, and a time by the answer's own `Date`.
 */
import { firstValue } from '../../http/index.ts';
import type { Side } from '../../sides/index.ts';
import { type Cause, entryOf } from '../causes/index.ts';
import {
  type Answers,
  type BodyDifference,
  type Difference,
  type HeaderDifference,
  instantOf,
  nameOfPlace,
  otherFormat,
  why,
  wordsOf,
} from '../model/index.ts';

const REDACTED = /^(?:\w+ )?hmac:[0-9a-f]{16}$/;
/** A redacted value, and the word before it that names it. */
const REDACTED_WITHIN = /(?:([\w.-]{1,64})["'\]]*\s?[=:]\s?["']?)?hmac:[0-9a-f]{16}/g;

export const isRedacted = (text: string) => REDACTED.test(text);

export const REDACTED_ADVICE =
  'Both values are redacted, so that only their hashes tell that they differ, and not whether they mean the same; compare where they can be read (`--redact-keep`), or add a rule.';

/**
 * Tokens, sessions, nonces and ids of a single exchange, by the name of the place. Both values must look random in the
 * same format, or be redacted.
 */
export function isMadeAnew(name: string, a: string, b: string): boolean {
  // Of a problem (RFC 9457, 3.1.5), which occurs once.
  if (name === 'instance' && /^urn:uuid:/i.test(a) && /^urn:uuid:/i.test(b)) return true;
  if (!namesWhatIsNew(name)) return false;
  if (isRedacted(a) && isRedacted(b)) return true;
  if (OF_ONE_EXCHANGE.test(wordsOf(name).join('')) && looksRandom(a) && ID_OF_ANY_FORM.test(b)) return true;
  const isJwt = a.startsWith('eyJ') && b.startsWith('eyJ');
  return (
    looksRandom(a) &&
    looksRandom(b) &&
    (isJwt || a.length === b.length) &&
    otherFormat(a.toLowerCase(), b.toLowerCase()) === null
  );
}

const looksRandom = (text: string) => /^[\w\-+/=.~:%]{16,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);

/** People look for these in logs, and no client takes them apart: another form of an id is no other value. */
const OF_ONE_EXCHANGE = /(?:trace|span|request|correlation)id$/;
const ID_OF_ANY_FORM = /^[\w-]{16,}$/;

const NEW = new Set('token tokens csrf xsrf nonce jwt sid sess session sessid traceparent'.split(' '));
/** Words before `id`. */
const NEW_ID = new Set('trace span request correlation session'.split(' '));
const NEW_NAME =
  /^(?:[a-z]*(?:csrf|xsrf|access|refresh|auth|session)token|csrfmiddlewaretoken|(?:php|j)?sess(?:ion)?id|(?:trace|span|request|correlation)id)$/;
/** A client returns these to whichever side it reaches next, and that side must be able to read them. */
const OF_PAGES = new Set('page next previous prev cursor continuation sync'.split(' '));

function namesWhatIsNew(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (words.some((word) => OF_PAGES.has(word))) return false;
  return NEW.has(last) || (last === 'id' && NEW_ID.has(words.at(-2) ?? '')) || NEW_NAME.test(words.join(''));
}

/** Causes that only say that a text differs. */
const VAGUE: ReadonlySet<Cause> = new Set<Cause>([
  'value',
  'number-value',
  // Of seconds since 1970 every hundredth has few digits.
  'float32-precision',
  'text-value',
  'markup-value',
  'form-value',
  'location',
]);

/** Reclassifies a difference if each side generated the value for its own answer. */
export function ofItsOwn(difference: Difference, answers: Answers): Difference {
  if ((difference.in !== 'body' && difference.in !== 'header') || difference.rule !== undefined) return difference;
  const { cause, stable, candidate } = difference;
  if (stable === null || candidate === null || isCut(stable) || isCut(candidate)) return difference;
  // Places that are only counted may contain other values, too.
  if (difference.in === 'body' && difference.more !== undefined) return difference;
  if (cause === 'own-value')
    return isEchoed(stable, answers) ? { ...difference, ...why(otherValue(difference)) } : difference;
  if (!VAGUE.has(cause)) return difference;
  const ends = ENDS.test(wordsOf(nameOfPlace(difference)).join(' '));
  const [x, y] = [masked(stable, answers, 'stable', ends), masked(candidate, answers, 'candidate', ends)];
  if (x.text !== y.text || x.text === stable || !lastAlike(x, y)) return difference;
  const found = causeOf(x, y, nameOfPlace(difference));
  if (found === null) return { ...difference, advice: REDACTED_ADVICE };
  return { ...quotedAs(difference), ...why(found) };
}

const isCut = (excerpt: string) => excerpt.endsWith('…') || excerpt.startsWith('…');

const otherValue = ({ in: where }: Difference): Cause => (where === 'header' ? 'cookie-value' : 'value');

/** Whether stable returns a value that the request contained, so that it is not one of stable's own. */
function isEchoed(excerpt: string, { request }: Answers): boolean {
  const value = /[\w\-+/=.~:%]{16,}/.exec(excerpt.replace(/^[^=;"]*=/, ''))?.[0];
  if (value === undefined || value.includes('hmac:')) return false;
  const asked = [request.target, ...(request.headers ?? []).map(([, field]) => field), request.body?.data ?? ''];
  return asked.some((text) => text.includes(value));
}

interface Masked {
  readonly text: string;
  /** Layouts of times. */
  readonly moments: readonly string[];
  /** How long after the answer something ends, milliseconds. */
  readonly lives: readonly number[];
  readonly hashes: readonly { readonly hash: string; readonly name: string | undefined }[];
  readonly ids: readonly string[];
}

const lastAlike = ({ lives: a }: Masked, { lives: b }: Masked) =>
  a.every((ms, i) => Math.abs(ms - (b[i] ?? Number.NaN)) <= CLOCK_MS);

/**
 * The cause if the values differ only in masked parts. null: values were redacted whose names do not indicate generated
 * values.
 */
function causeOf(x: Masked, y: Masked, place: string): Cause | null {
  const other = x.hashes.filter(({ hash }, i) => hash !== y.hashes[i]?.hash);
  if (other.some(({ name }) => !namesWhatIsNew(name ?? place))) return null;
  if (other.length > 0 || x.ids.join() !== y.ids.join()) return 'own-value';
  return x.moments.join() === y.moments.join() ? 'answer-time' : 'timestamp-format';
}

function masked(text: string, answers: Answers, side: Side, ends: boolean): Masked {
  const moments: string[] = [];
  const lives: number[] = [];
  const hashes: { hash: string; name: string | undefined }[] = [];
  const ids: string[] = [];
  const date = Date.parse(firstValue(answers[side].headers, 'date') ?? '');
  let left = text.replaceAll(REDACTED_WITHIN, (found: string, name: string | undefined) => {
    hashes.push({ hash: found.slice(-16), name });
    return `${found.slice(0, -16)}⟨hash⟩`;
  });
  if (!Number.isNaN(date))
    left = left.replaceAll(MOMENT, (found) => {
      const moment = momentOf(found);
      if (moment === null) return found;
      if (Math.abs(moment.ms - date) > CLOCK_MS && !(ends && moment.ms > date)) return found;
      if (ends) lives.push(moment.ms - date);
      moments.push(moment.layout);
      return '⟨moment⟩';
    });
  if (makesAnew(answers))
    left = left.replaceAll(ID, (found) => {
      if (isEchoed(found, answers)) return found;
      ids.push(found);
      // The length identifies the kind of id.
      return `⟨id of ${found.length}⟩`;
    });
  return { text: left, moments, lives, hashes, ids };
}

/** Names of what ends as long after every answer: a token's life, a lease, a link for download. */
const ENDS = /\b(?:exp|expir\w*|valid (?:until|to|till)|not after|not on or after|lease end)\b/;

/** The clock is read before the head of the answer is written, and `Date` is in whole seconds. */
const CLOCK_MS = 2_000;

/** RFC 3339 and its basic format, RFC 9110, and seconds or milliseconds since 1970. */
const MOMENT =
  /\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:[.,]\d{1,12})?(?: ?(?:Z|z|[+-]\d\d:?\d\d))?|(?<!\d)\d{8}T\d{6}Z|[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC)|(?<![\d.-])\d{10}(?:\d{3})?(?![\d.])/g;

function momentOf(text: string): { readonly ms: number; readonly layout: string } | null {
  if (/^\d+$/.test(text)) return { ms: Number(text) * (text.length === 10 ? 1_000 : 1), layout: String(text.length) };
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (basic !== null) {
    const [, year, month, day, hour, minute, second] = basic;
    return { ms: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), layout: 'basic' };
  }
  const instant = instantOf(text);
  return instant === null ? null : { ms: Number(instant.nanos / 1_000_000n), layout: instant.layout };
}

/** UUIDs, ULIDs and ObjectIds. */
const ID = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{24})\b/gi;

/**
 * Whether the request creates something whose id the server chooses. An id that the request names is not chosen by the
 * server, and a search by POST creates nothing.
 */
function makesAnew({ request, stable, candidate }: Answers): boolean {
  const made = ({ status }: Answers['stable']) => status === 201 || status === 202 || (status >= 300 && status < 400);
  return request.method === 'POST' && made(stable) && made(candidate);
}

/** How excerpts of these causes are quoted: as JSON in a body. */
function quotedAs(difference: BodyDifference | HeaderDifference): BodyDifference | HeaderDifference {
  if (difference.in === 'header' || entryOf(difference.cause).ofText !== true) return difference;
  const { stable, candidate } = difference;
  return { ...difference, stable: JSON.stringify(stable), candidate: JSON.stringify(candidate) };
}
