/** Explains why two strings are not equal. */

import { withEscapesAsRead, withQueryAsRead } from '../../http/index.ts';
import { ROOT, SameMeaning, sharedEnds, tokenize } from '../../json/index.ts';
import { type Finding, type Instant, instantOf, sameNotation, sameToTheCoarser } from '../model/index.ts';
import { isOtherBase64 } from './base64.ts';
import { isMadeAnew, isRedacted, REDACTED_ADVICE } from './own-value.ts';
import { areSignedAnew } from './signed-url.ts';

/** @param name of the member that holds the strings, or empty */
export function explainStrings(a: string, b: string, name: string): Finding {
  if (a.toWellFormed() === b.toWellFormed()) return { cause: 'lone-surrogate' };
  const [x, y] = [instantOf(a), instantOf(b)];
  if (x?.zero !== y?.zero && (x?.zero || y?.zero)) return { cause: 'zero-time' };
  if (x !== null && y !== null) return explainInstants(x, y);
  if (isMadeAnew(name, a, b) || areSignedAnew(a, b)) return { cause: 'own-value' };
  if (isSameJson(a, b)) return { cause: 'json-in-text' };
  if (isSameUrl(a, b)) return { cause: 'query-order' };
  if (isOtherBase64(a, b)) return { cause: 'base64-alphabet' };
  return { cause: 'value', ...likeness(a, b) };
}

/** Neither value is the zero time, or both are. */
function explainInstants(x: Instant, y: Instant): Finding {
  if (x.layout.endsWith('local') !== y.layout.endsWith('local')) return { cause: 'timestamp-zone' };
  if (x.nanos === y.nanos) return { cause: sameNotation(x, y) ? 'timestamp-format' : 'timestamp-notation' };
  if (sameToTheCoarser(x, y)) return { cause: 'timestamp-precision' };
  const ms = Number(y.nanos - x.nanos) / 1e6;
  const hours = ms / 3_600_000;
  const zone = Number.isInteger(hours * 4) && Math.abs(hours) <= 14 ? ', as between time zones' : '';
  return { cause: 'value', advice: `Another instant, ${ms < 0 ? `${-ms} ms earlier` : `${ms} ms later`}${zone}.` };
}

/** Documents within a text, as in messages of queues and events. */
function isSameJson(a: string, b: string): boolean {
  if (!OPENS.test(a) || !OPENS.test(b)) return false;
  const [x, y] = [tokenize(a), tokenize(b)];
  return x !== undefined && y !== undefined && new SameMeaning(x, y, sharedEnds(a, b)).same(ROOT, ROOT, 0);
}

const OPENS = /^\s*[[{]/;

/**
 * Whether two URLs lead to the same place: with equivalent queries, and escapes that mean nothing (RFC 3986, 6.2.2).
 */
function isSameUrl(a: string, b: string): boolean {
  const both = (pattern: RegExp) => pattern.test(a) && pattern.test(b);
  if (both(URL_WITH_PAIRS)) return withQueryAsRead(withEscapesAsRead(a)) === withQueryAsRead(withEscapesAsRead(b));
  return both(URL_WITH_ESCAPES) && withEscapesAsRead(a) === withEscapesAsRead(b);
}

const URL_WITH_PAIRS = /^(?:[a-z][a-z0-9+.-]*:\/)?\/?[^\s?]*\?[^\s=]+=\S*$/i;
const URL_WITH_ESCAPES = /^(?:[a-z][a-z0-9+.-]*:\/)?\/\S*$/i;

function likeness(a: string, b: string): { advice?: string } {
  if (isRedacted(a) && isRedacted(b)) return { advice: REDACTED_ADVICE };
  if (a.toLowerCase() === b.toLowerCase()) return { advice: 'Same but for the case of letters.' };
  if (a.trim() === b.trim()) return { advice: 'Same but for white space at its ends.' };
  if (a.normalize() === b.normalize()) return { advice: 'Same but for the Unicode normal form; normalise to NFC.' };
  return {};
}
