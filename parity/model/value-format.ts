/** The format of a value, regardless of its content: a value that may vary must keep its format. */
import { epochUnit, instantOf } from './timestamp.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const JWT = /^eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?$/;
const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\//i;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

/** What languages write for a value that is not there. */
const PLACEHOLDERS = new Set(['undefined', 'null', 'NaN', 'Invalid Date', '[object Object]', '<nil>', 'None', 'nil']);

/** What a template, a format string or a conversion leaves in a text if it was given no value. */
const UNFILLED = /\{\{.*?\}\}|%!\w?\(|<no value>|\[object \w+\]|\$\{\w+\}/;

/** A format that no other text has by coincidence, or null. */
function surely(text: string): string | null {
  if (text === '') return 'an empty text';
  if (PLACEHOLDERS.has(text) || UNFILLED.test(text)) return 'a placeholder for no value';
  if (UUID.test(text))
    return !/[1-9a-f]/i.test(text) ? 'the nil UUID' : `a UUID${/[A-F]/.test(text) ? ' in capitals' : ''}`;
  const instant = instantOf(text);
  if (instant?.nanos === 0n) return 'the beginning of 1970';
  if (instant !== null) return instant.zero ? 'the zero time' : `a timestamp (${instant.layout})`;
  if (JWT.test(text)) return 'a JWT';
  if (URL_TEXT.test(text)) return 'a URL';
  return EMAIL.test(text) ? 'an e-mail address' : null;
}

const TOKEN = 'a token';

/** Formats that a text may have by coincidence, narrowest first: `20260101` is an integer, hexadecimal, and a token. */
function maybe(text: string): string[] {
  const formats: string[] = [];
  if (/^-?\d+$/.test(text)) formats.push('an integer in text');
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text)) formats.push('a number in text');
  if (/^[0-9a-f]{8,}$/.test(text)) formats.push(`${text.length} hexadecimal digits`);
  if (/^[0-9A-F]{8,}$/.test(text)) formats.push(`${text.length} hexadecimal digits in capitals`);
  formats.push(...base64Formats(text));
  if (/^[\w\-+/=.~:]{12,}$/.test(text)) formats.push(TOKEN);
  return formats;
}

const mayBeToken = (text: string) => /^(?=\D*\d)[\w\-+/=.~:]{8,}$/.test(text);
/** Letters alone may be words, however many there are: `calm_gauss`, `happy_noether`. */
const mayBeWords = (text: string) => /^[a-z]+(?:[-_.][a-z]+)*$/i.test(text);

/** Bytes in base64, by the alphabets and the padding with which they may be written. */
function base64Formats(text: string): string[] {
  if (!/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/-]{16,}={0,2}$/.test(text)) return [];
  const isPadded = text.endsWith('=');
  if (text.length % 4 === 1 || (isPadded && text.length % 4 !== 0)) return [];
  const alphabets = [...(/[-_]/.test(text) ? [] : ['']), ...(/[+/]/.test(text) ? [] : [' for URLs'])];
  const paddings = [...(text.length % 4 === 0 ? [''] : []), ...(isPadded ? [] : [' without padding'])];
  return alphabets.flatMap((alphabet) => paddings.map((padding) => `base64${alphabet}${padding}`));
}

export interface OtherFormat {
  readonly stable: string;
  readonly candidate: string;
}

/** Both formats, if they differ; null if they are, or may be, the same. */
export function otherFormat(stable: string, candidate: string): OtherFormat | null {
  const [sure, otherSure] = [surely(stable), surely(candidate)];
  const [formats, others] = [maybe(stable), maybe(candidate)];
  const named = { stable: sure ?? formats[0] ?? 'text', candidate: otherSure ?? others[0] ?? 'text' };
  if (sure !== null || otherSure !== null) return sure === otherSure ? null : named;
  if (formats.length === 0) return null;
  // A token may be a letter or two shorter than the shortest that is certainly one.
  if (
    formats.concat(others).every((format) => format === TOKEN) &&
    [mayBeToken, mayBeWords].some((mayBe) => [stable, candidate].every(mayBe))
  )
    return null;
  const common = formats.filter((format) => others.includes(format));
  const bothNarrow = formats[0] !== TOKEN && others[0] !== TOKEN;
  return common.length > 0 && !(bothNarrow && common[0] === TOKEN) ? null : named;
}

/**
 * The format of a number, where one of two is zero and the other has four digits or more, or one is a time in seconds
 * and the other in milliseconds: neither becomes the other by chance.
 */
export function otherNumber(stable: string, candidate: string): OtherFormat | null {
  const [unit, other] = [stable, candidate].map((text) => (NUMBER.test(text) ? epochUnit(Number(text)) : null));
  if (unit != null && other != null && unit !== other)
    return { stable: SINCE_1970[unit], candidate: SINCE_1970[other] };
  const [a, b] = [stable, candidate].map((text) =>
    NUMBER.test(text) ? text.replace(/^-?0*/, '').replace(/\.\d*$/, '') : null,
  );
  if (a == null || b == null || (a === '') === (b === '') || Math.max(a.length, b.length) < 4) return null;
  const named = (digits: string) => (digits === '' ? 'zero' : 'a number of many digits');
  return { stable: named(a), candidate: named(b) };
}

const SINCE_1970 = { s: 'seconds since 1970', ms: 'milliseconds since 1970' };

const NUMBER = /^-?\d+(?:\.\d+)?$/;
