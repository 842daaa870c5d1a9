/**
 * Finds values that are secret by their shape, wherever they stand. Every search takes time linear in the length of the
 * text.
 */
import { secretsInCommands } from './commands.ts';
import { addAll, type Span } from './span.ts';
import { surroundedSecrets } from './surroundings.ts';

/**
 * A match must not begin within a longer word, except after a percent-encoded character, so each run of letters is
 * tried once.
 */
const FREE = '(?:(?<![\\w-])|(?<=%[\\da-fA-F]{2}))';
/** The rest of a token that is broken over strings, or over lines that it fills. */
const LINES =
  '(?:\\\\?["\'`]\\s{0,8}[+.]?\\s{0,40}\\\\?["\'`][\\w.-]{4,}){0,40}' +
  '(?:[=\\\\]?\\r?\\n[ \\t]{0,16}[\\w.-]{8,}(?=["\'`\\\\=,;)\\]}]|[ \\t]{0,16}(?:[\\r\\n]|$))){0,40}';
const KEYS = [
  // JSON in base64: JWT (RFC 7519), JWE, and anything else that begins with a brace followed by a quotation mark, a
  // space or a line end.
  `(?:ey[AJ]|ewo|ew0K)[\\w+/=-]{10,}(?:\\.[\\w-]*){0,4}${LINES}`,
  '(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{12,}',
  'gh[pousr]_\\w{8,}',
  'github_pat_\\w{8,}',
  'gl[a-z]{2,4}-[\\w-]{8,}',
  '(?:sk|rk|pk)_(?:live|test)_\\w{8,}',
  'whsec_\\w{16,}',
  '(?:xox[a-z]|xapp)-[\\w-]{10,}',
  'sk-[\\w-]{20,}',
  'AIza[\\w-]{30,}',
  'ya29\\.[\\w-]{16,}',
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  '(?:npm|hf|do[opr]_v1|shp(?:at|ss|ca|pa)|lin_api|pypi)[-_](?=\\w*\\d)[A-Za-z0-9_]{10,}',
  // Grafana, Atlassian, Docker, Postman, Square, Databricks, HubSpot, New Relic, Figma, PlanetScale, Supabase, Sentry,
  // Heroku, Pulumi, Doppler, RubyGems, Notion, Razorpay, JFrog, Yandex, Typeform,
  // Fly, Alibaba, Airtable, Dynatrace.
  '(?:glsa_|glc_|ATATT3|dckr_pat_|PMAK-|sq0[a-z]{3}-|dapi|pat-[a-z]{2}\\d-|NR(?:AK|JS|RA)-|figd_|pscale_(?:tkn|pw)_|sbp_|sntry[su]_(?:[\\w+/]{1,300}={1,2}_)?|HRKU-|pul-|dp\\.[a-z]{2,5}\\.|rubygems_|ntn_|rzp_(?:live|test)_|AKCp\\d|AQVN|tfp_|fm\\d_|LTAI|pat[A-Za-z\\d]{14}\\.|dt0c\\d\\d\\.[A-Z\\d]{24}\\.)(?=[\\w-]*\\d)[\\w-]{10,}',
  '(?:key-|SK|AC)[\\da-f]{32}',
  // Telegram; Discord.
  '(?:bot)?\\d{8,10}:AA[\\w-]{30,}',
  '(?:pi|seti|cs)_\\w{8,80}_secret_\\w{8,}',
  '[MNO][\\w-]{22,27}\\.[\\w-]{6}\\.[\\w-]{27,40}',
  // Groq, Replicate, Tailscale, Brevo, Netlify, Stripe, Slack, Google, Contentful, BIP 32, Plaid, xAI, Facebook.
  '(?:gsk_|r8_|tskey-\\w{3,10}-|xkeysib-|nfp_|xoxe\\.|1//0|CFPAT-|[xyz]prv|access-(?:sandbox|development|production)-|xai-|EAA)(?=[\\w.-]*\\d)[\\w.-]{20,}',
  // Compressed data in base64: gzip, zlib, Zstandard, bzip2, xz, ZIP.
  '(?:H4sI|e(?:AE|F4|J[w-z]|N[o-r])|KLUv[/_]|QlpoO|UEsDB)[\\w+/-]{20,}={0,2}',
  'hv[sbr]\\.[\\w-]{20,}',
  // Microsoft Entra; a device of Firebase's messages.
  '[\\w~.-]{3}\\dQ~[\\w~.-]{31,34}',
  '(?:[\\w-]{10,30}:)?APA91b[\\w-]{20,}',
  // Keys of Bitcoin, for import.
  '(?:5[HJK][1-9A-HJ-NP-Za-km-z]{49}|[KL][1-9A-HJ-NP-Za-km-z]{51})(?!\\w)',
  // A private calendar of Google.
  'private-[\\da-f]{32}',
  'AGE-SECRET-KEY-\\w{20,}',
];
/** Password hashes (crypt with salt, Windows, Django, LDAP), which can be attacked offline. */
const PASSWORD_HASH =
  /\$(?:2[abxy]?\$\d\d\$[./\w]{20,}|(?:[1567y]|gy|apr1|sha1|argon2(?:id?|d)|scrypt|pbkdf2[\w-]{0,10})\$(?:[\w=,./+-]{1,80}\$){1,4}[./+\w]{8,}={0,2})|(?<=:\d{3,6}:[\da-f]{32}:)[\da-f]{32}(?=:)|\bpbkdf2_sha\d{1,3}\$\d+\$\w+\$[\w+/]{20,}=*|\{S?SHA(?:256|512)?\}[\w+/]{20,}=*/g;
const KNOWN = new RegExp(`${FREE}(?:${KEYS.join('|')})`, 'g');
/** Also that of SSH2 (RFC 4716), with four dashes and spaces. */
const PEM = /---- ?-?BEGIN[A-Za-z0-9 %+]{3,40}----[\s\S]*?(?:---- ?-?END[A-Za-z0-9 %+]{3,40}-----?|$)/g;
const PUTTY = /PuTTY-User-Key-File-\d:[\s\S]*?(?:Private-MAC:[^\n]*|$)/g;
const CARD = /(?<![\w.-])[2-6](?:[ -]?\d){12,18}(?![\w-]|\.\d)/g;

export function knownShapes(text: string, personal: ReadonlySet<string>): Span[] {
  const spans = surroundedSecrets(text);
  const add = (pattern: RegExp, place: string, test: (value: string) => boolean = () => true) => {
    for (const { index: start, 0: value } of text.matchAll(pattern))
      if (test(value)) spans.push({ start, end: start + value.length, place });
  };
  add(KNOWN, 'key');
  if (/----[ -]BEGIN/.test(text)) add(PEM, 'pem');
  if (text.includes('PuTTY')) add(PUTTY, 'pem');
  if (/[$}:]/.test(text)) add(PASSWORD_HASH, 'hash');
  addAll(spans, secretsInCommands(text));
  addAll(spans, ibans(text));
  if (personal.has('card')) add(CARD, 'card', isCard);
  return personal.has('email') ? spans.concat(emails(text)) : spans;
}

/** Minimum Shannon entropy per character, in bits, and minimum number of characters. */
const RANDOM_BITS = 3;
const RANDOM_LENGTH = 16;

/** A file below a folder. */
const FILE = /\/[^/]*[\w-]\.[a-z]\w{1,3}$/;

/** Whether a value looks randomly generated: letters and digits mixed, no words. */
export function isRandom(value: string): boolean {
  if (value.length < RANDOM_LENGTH || !/^[\w+/=.~:%-]+$/.test(value) || FILE.test(value)) return false;
  const digits = /\d/.test(value);
  if (!(digits && /[A-Za-z]/.test(value)) && !(/[a-z][A-Z]/.test(value) && value.length >= 20)) return false;
  const head = value.slice(0, 256);
  const counts = new Map<string, number>();
  for (const character of head) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / head.length) * Math.log2(count / head.length);
  return bits >= RANDOM_BITS;
}

/** At least 128 bits in base64url with every kind of character: a capability URL. */
export function isCapability(part: string): boolean {
  return (
    part.length >= 22 &&
    /[a-z]/.test(part) &&
    /[A-Z]/.test(part) &&
    /\d/.test(part) &&
    /^[\w-]+$/.test(part) &&
    isRandom(part)
  );
}

/** A payment card number, by its issuer's length and its check digit (ISO/IEC 7812-1). */
function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^(?:4(?:\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15,18})$/.test(digits)) {
    return false;
  }
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Length of an account number by country (ISO 13616, SWIFT's registry). */
const IBAN_LENGTHS = new Map(
  [
    ...`AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23
    IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27
    ST25SV28TL23TN24TR26UA29VA22VG24XK20`.matchAll(/([A-Z]{2})(\d{2})/g),
  ].map(([, country = '', length]) => [country, Number(length)]),
);
const IBAN = /(?<![\w-])([A-Z]{2})\d{2}(?:[ -]?[A-Z\d]){11,30}/g;

/** Account numbers with valid check digits (ISO 7064, MOD 97-10). A word in capitals may follow. */
function ibans(text: string): Span[] {
  return [...text.matchAll(IBAN)].flatMap(({ index: start, 0: run, 1: country = '' }) => {
    let end = 0;
    for (let left = IBAN_LENGTHS.get(country) ?? Number.POSITIVE_INFINITY; left > 0; end++) {
      if (end >= run.length) return [];
      if (/[A-Z\d]/.test(run[end] ?? '')) left--;
    }
    if (/\w/.test(text[start + end] ?? '')) return [];
    const number = run.slice(0, end).replace(/[ -]/g, '');
    let rest = 0;
    for (const character of number.slice(4) + number.slice(0, 4)) {
      const value = Number.parseInt(character, 36);
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest === 1 ? [{ start, end: start + end, place: 'iban' }] : [];
  });
}

/** Account names that every system has. */
const ACCOUNT = /^(?:admin|administrator|root|username|guest|postgres|sa)$/;
/** Text before the colon in cursors and global ids. */
const POSITION = /^(?:.{0,2}|after|before|cursor|gid|id|key|node|offset|page|start|array\w*|sha\d+|urn|v\d+)$/i;

/** Whether decoded base64 is a name and password, as in Basic authentication, and not an id or a cursor. */
export function isCredentials(said: string): boolean {
  const [, name = '', password = ''] = /^([\w.@+-]{1,64}):([\x21-\x39\x3b-\x7e]{4,72})$/.exec(said) ?? [];
  if (name === '' || POSITION.test(name) || password.startsWith('//')) return false;
  if (ACCOUNT.test(name) || name.includes('@')) return !/^[\d-]+$/.test(password);
  // Global ids begin with a type name; numbers, UUIDs, digests and dates are not passwords.
  if (/^[A-Z]/.test(name) || password.length < 6 || /^[\da-f-]+$|^\d[\dTZ.+-]+$/i.test(password)) return false;
  return /[A-Za-z]/.test(password) && /[\d!#$%^&*@?~+=]/.test(password);
}

/** Length limits of RFC 5321, 4.5.3.1. */
const LOCAL = 64;
const DOMAIN = 255;

function emails(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < LOCAL && /[\w.!#$*+~'-]/.test(text[start - 1] ?? '')) start--;
    // Punctuation before an address in a text is not part of it, although RFC 5322 would allow it.
    while (start < at && /[^\w]/.test(text[start] ?? '')) start++;
    const domain = /^(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/u.exec(text.slice(at + 1, at + 1 + DOMAIN))?.[0];
    if (start < at && domain !== undefined) spans.push({ start, end: at + 1 + domain.length, place: 'email' });
  }
  return spans;
}
