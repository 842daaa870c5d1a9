/** What two texts say apart from what is counted, dated or drawn at random in them. */

/**
 * A word with a digit (a number, an id, a part of a hash), hexadecimal digits that are letters by chance, the name of a
 * day or month, or a half of the day.
 */
const DRAWN =
  /(?:(?<![\p{L}\p{N}])-)?[\p{L}\p{N}_+~%]*\p{N}(?:[.,]?[\p{L}\p{N}_+~%])*|\b(?:[a-f]{4,}|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|[ap]m)\b/giu;

const NUMBER = /^-?[\d.]+(?:e[+-]?\d+)?$/i;

/** Base64 and the like, as a whole. */
const TOKEN = /^"?[\w\-+/=~]{16,}"?$/;

/**
 * Whether both have the same words in the same places. Of a text that is cut (its excerpt ends with `…`), only the
 * beginning is compared.
 */
export function haveSameWords(a: string, b: string): boolean {
  if ((isDrawn(a) && isDrawn(b)) || areDrawnAlike(a, b) || (NUMBER.test(a) && NUMBER.test(b))) return true;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  const common = Math.min(x.length, y.length);
  const [cutX, cutY] = [isCut(a), isCut(b)];
  if ((!cutX && x.length > common) || (!cutY && y.length > common)) return false;
  return x.slice(0, common).join(' ') === y.slice(0, common).join(' ');
}

const isDrawn = (text: string) => TOKEN.test(text) && (/\d/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text)));

/**
 * Letters of one case drawn at random may happen to have no digit among them; no two words are that long by chance, and
 * beside a code of the same length and case a word is one, too: `HKWQZP` and `H2K9WQ`.
 */
const areDrawnAlike = (a: string, b: string) =>
  a.length === b.length &&
  ([a, b].every((text) => LETTERS.test(text)) || (/\d/.test(a) !== /\d/.test(b) && mayBeCodes(a, b)));
/** Whether two words, of one length and case, look like codes among others that have digits. */
export const mayBeCodes = (a: string, b: string): boolean =>
  a.length === b.length && CODES.some((code) => code.test(a) && code.test(b));
const LETTERS = /^"?[A-Za-z\d]{16,}"?$/;
const CODES = [/^"?[A-Z\d]{6,}"?$/, /^"?[a-z\d]{6,}"?$/];

const isCut = (text: string) => text.endsWith('…');

/** Words and marks; of a cut text without the last, which may be half a word. */
function wordsOf(text: string): string[] {
  const words = text.replaceAll(DRAWN, '#').match(/#|[\p{L}_]+|[^\p{L}\s#]/gu) ?? [];
  return isCut(text) ? words.slice(0, -2) : words;
}
