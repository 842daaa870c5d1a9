/**
 * Finds secrets in sentences, commands and calls, where neither `=` nor `:` separates a name from its value: `your
 * password is …`, `--password …`, `ENV DB_PASSWORD …`, `define('DB_PASSWORD', '…')`. Candidate values are found first,
 * and only a short stretch before each is read, so the time is linear.
 */
import { isRandom, type Span } from '../shapes/index.ts';
import { folded, type SecretNames } from './secret-names.ts';

/** How many characters before or after a value are searched for its name. */
const SENTENCE = 80;
const WORDS_OF_A_NAME = 6;
const VALUE = /(?<![^\s(>,<])(["'`“«]?)([^\s"'`“”«»<>]{4,200})/g;
/** Words between a name and its value in a sentence. */
const VERBS = new Set(
  `is was are be becomes to as now reads equals set reset changed updated lautet ist wurde auf est es son ser e är er -> => →`.split(
    ' ',
  ),
);
/** One-time codes that are sent to a person. */
const ONCE =
  /(?:^|\s)(?:otp|pin|tan|passcode|(?:your|ihr|dein|votre|ton|su|tu|seu) (?:código|codice)|(?:your|ihr|dein|votre|ton) (?!(?:area|branch|class|country|coupon|discount|error|exit|gift|item|order|post|postal|product|promo|referral|room|sort|source|status|store|tax|voucher|zip) )(?:[\w-]{1,20} )?code|(?:access|activation|auth\w*|backup|confirmation|login|one-time|recovery|security|sms|verification) code|(?:bestätigungs|einmal|freischalt|sicherheits|zugangs)code|code de (?:confirmation|sécurité|vérification)|código de (?:confirmación|seguridad|verificación))$/;
const ONCE_AFTER = /^ is (?:your|the) (?:[\w-]{1,20} ){0,2}(?:code|otp|pin|passcode|password)\b/i;
/** The same in two groups, or behind a letter, as in mobile messages; and `use 483920 to sign in`. */
const GROUPS =
  /\b(?:otp|pin|tan|passcode|(?:access|activation|authentication|confirmation|login|one-time|recovery|security|verification) code)(?: (?:is|ist|lautet|est|es))?:? (\d{3}[ -]\d{3,4})\b|(?<!\S)([A-Z]-\d{4,8}|\d{3}[ -]\d{3,4}) is (?:your|the) (?:[\w-]{1,20} ){0,3}(?:code|otp|pin|passcode)\b|\b[Uu]se (?:code |OTP |PIN )?(\d{4,8}|\d{3}[ -]\d{3,4}) (?:to (?:sign|log) in\b|(?:as|for) your (?:[\w-]{1,20} ){0,2}(?:code|otp|pin|passcode|login|transaction|payment|purchase)\b)/gi;
/** `use … as your password` */
const AS_SECRET = /^ (?:is|as) (?:your|the|my|our) ((?:[\w-]{1,20} ){0,2}[\w-]{1,20})/i;
/** `my password is sesame`: a plain word, unless it describes the password. */
const PLAIN =
  /(?<!\p{L})(?:my|our|your|mein|unser|ihr|dein|mon|notre|votre|ton|mi|tu|su|minha|sua)\s(?:\p{L}{1,20}\s){0,2}(?:password|passwort|kennwort|passphrase|passcode|mot de passe|contraseña|senha)\s(?:is|was|ist|lautet|est|es|é)\s(?:now\s|jetzt\s)?(\p{L}{4,40})(?=[.,;!?)]|$|\s*\n|\s(?:and|but|please|so|thanks?|und|bitte|et|merci|y|por|e|obrigad[oa])(?!\p{L}))/giu;
const ABOUT_IT =
  /^(?:ab|an|aus|ein|zurück)?ge\p{L}+(?:t|en)$|(?:ed|ing|able|ible|ect|ire|ório|ória|orio|oria|lich|ig|bar|ert)$|^(?:above|aktiv|alte?|anders|bad|based|below|blank|broken|case|compromis|correct[ao]?e?|d[eé]bil|different|easy|empty|expir[eéa]\w*|fa(?:ible|lsch|lsa|lso)|fine|fort[e]?|geändert|gone|good|gültig|hard|here|in(?:correct|valid|secure|korrekt)\w*|known|korrekt|leer|long|lost|mandatory|missing|none|null|obligatoire|okay|only|optional|permanent|private|public|ready|requis|(?:re)?set|sent|vergessen|safe|same|schwach|secret|secure|short|sicher|simple|stark|stolen|strong|temporary|there|unknown|unsafe|unsicher|valid\w*|vide|weak|wrong|your|zu)$/iu;
/** A word that only sentences have, among others. */
export const BETWEEN =
  /^(?:an?|and|are|at|be|by|can|for|from|has|how|if|in|is|it|its|may|must|my|no|not|of|on|or|our|please|should|that|the|their|this|to|we|what|when|where|which|who|why|with|you|your)$/i;
/** A call whose first argument names the second: `setItem('authToken', '…')`. Also PHP's `s:8:"password";s:6:"…"`. */
const ARGUMENTS = /(["'`])([\w$.-]{2,60})\1(?:\s{0,4},\s{0,4}|;s:\d{1,6}:)(["'`])/g;

/** A value of a name that may be secret (`NONCE_SALT`) must be longer than words are. */
const LONGEST_WORD = 24;

export function secretsInProse(text: string, names: SecretNames): Span[] {
  const mentions = names.mentions(text);
  if (mentions.length === 0) return [];
  const spans = secondArguments(text, names);
  for (const { index, 0: all, 1: word = '' } of text.matchAll(PLAIN)) {
    const end = index + all.length;
    if (!ABOUT_IT.test(word)) spans.push({ start: end - word.length, end, place: 'sentence' });
  }
  for (const { index, 0: all, 1: after, 2: first, 3: used } of /\d{3}/.test(text) ? text.matchAll(GROUPS) : []) {
    const code = after ?? first ?? used ?? '';
    const start = index + all.lastIndexOf(code);
    spans.push({ start, end: start + code.length, place: 'code' });
  }
  let [next, before] = [0, Number.NEGATIVE_INFINITY];
  for (const { index, 0: all, 1: quote = '', 2: word = '' } of text.matchAll(VALUE)) {
    const said = quote === '' ? word.replace(/[.,;:!?)\]}]+$/, '') : word;
    if (said.length < 4 || (quote === '' && !/\d/.test(said) && !mayBeOption(text, index))) continue;
    const start = index + all.length - word.length;
    for (; (mentions[next] ?? text.length) < start; next++) before = mentions[next] ?? before;
    if (start - before > SENTENCE && (mentions[next] ?? Number.POSITIVE_INFINITY) - start > SENTENCE) continue;
    const place = placeOf(text, start, quote !== '', said, names);
    if (place !== null) spans.push({ start, end: start + said.length, place });
  }
  return spans;
}

/** `--password sesame`, or a sentence that ends in a colon. */
function mayBeOption(text: string, at: number): boolean {
  return /(?:^|\s)--?[A-Za-z]\S{0,40}\s$|:\s$/.test(text.slice(Math.max(0, at - 44), at));
}

/** The name of the value at `start`; null if it has none, or if the name is not secret. */
function placeOf(text: string, start: number, quoted: boolean, said: string, names: SecretNames): string | null {
  const stretch = text.slice(Math.max(0, start - SENTENCE), start);
  const sentence =
    stretch
      .replace(/<[^<>]{0,40}>|<<$/g, ' ')
      .split(/[.!?;{}()\n]\s/)
      .at(-1) ?? '';
  const words = sentence.split(/[\s"'`“”«»,]+/).filter((word) => word !== '');
  const colon = /[:=]$/.test(words.at(-1) ?? '');
  const verbless = [...words];
  while (VERBS.has((verbless.at(-1) ?? '').replace(/[:=]$/, '').toLowerCase())) verbless.pop();
  const isSentence = verbless.length < words.length;
  const name = verbless.slice(-WORDS_OF_A_NAME).join(' ').replace(/:$/, '').toLowerCase();
  if (/^\d{4,8}$/.test(said)) {
    const isCode =
      ((isSentence || colon) && ONCE.test(name)) || ONCE_AFTER.test(text.slice(start + said.length, start + 80));
    return isCode ? 'code' : null;
  }
  const [, after = ''] = AS_SECRET.exec(text.slice(start + said.length, start + said.length + SENTENCE)) ?? [];
  const mixed = said.length >= 6 && /\d/.test(said) && /\p{L}/u.test(said);
  if (mixed && after !== '' && names.of(after) === 'secret') return 'sentence';
  if (isSentence) {
    const looks = quoted || colon || mixed;
    return looks && names.of(name) === 'secret' ? 'sentence' : null;
  }
  if (colon || words.length === 0) return null;
  const last = words.at(-1) ?? '';
  const isSecret = names.of(last) === 'secret' || names.of(words.slice(-2).join(' ')) === 'secret';
  return isSecret && (quoted || /^--?[a-z]{3}/i.test(last) || looksMade(said)) ? folded(last) : null;
}

/** Not a word: has digits among letters of both cases, or among punctuation. */
export function looksMade(said: string): boolean {
  if (!/\d/.test(said)) return false;
  return (
    (/[a-z]/.test(said) && /[A-Z]/.test(said)) || /\p{L}.*[!@#$%^*?~]|[!@#$%^*?~].*\p{L}/u.test(said) || isRandom(said)
  );
}

/** A sentence for people, such as the advice below a field. A passphrase has no small words, or no capital. */
export function readsAsSentence(said: string): boolean {
  const words = said.split(/\s+/);
  return (
    words.length >= 4 && /^\p{Lu}/u.test(said) && words.some((word) => BETWEEN.test(word)) && !words.some(looksMade)
  );
}

/** An error of a form, which frameworks list by field: `is too short`, `Ce champ est obligatoire.` */
export function readsAsMessage(said: string): boolean {
  // It may quote what was typed.
  if (/(?<!\p{L})["'`“«]/u.test(said)) return false;
  const words = said.split(/\s+/);
  const isMade = words.some((word) => looksMade(word) || word.length > LONGEST_WORD);
  return words.length >= 3 && !isMade && (words.some((word) => BETWEEN.test(word)) || /^\p{Lu}.*\.$/u.test(said));
}

function secondArguments(text: string, names: SecretNames): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: all, 2: name = '', 3: quote = '' } of text.matchAll(ARGUMENTS)) {
    const secrecy = names.of(name);
    if (secrecy === 'open') continue;
    const start = index + all.length;
    const end = text.indexOf(quote, start);
    const isSecret = secrecy === 'secret' || (end - start >= LONGEST_WORD && looksMade(text.slice(start, end)));
    if (end > start && isSecret) spans.push({ start, end, place: folded(name) });
  }
  return spans;
}
