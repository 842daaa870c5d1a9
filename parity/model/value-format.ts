/** The format of a value, regardless of its content: a value that may vary must keep its format. */
import { instantOf } from './timestamp.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const JWT = /^eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?$/;
const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\//i;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

/** A format that no other text has by coincidence, or null. */
function surely(text: string): string | null {
  if (text === '') return 'an empty text';
  if (UUID.test(text)) return 'a UUID';
  const instant = instantOf(text);
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
  if (/^[\w\-+/=.~:]{12,}$/.test(text)) formats.push(TOKEN);
  return formats;
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
  const common = formats.filter((format) => others.includes(format));
  const bothNarrow = formats[0] !== TOKEN && others[0] !== TOKEN;
  return common.length > 0 && !(bothNarrow && common[0] === TOKEN) ? null : named;
}
