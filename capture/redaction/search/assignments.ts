/**
 * Finds secret names and their values in text of any notation, valid or not: `"name": "value"`, `name=value`, `name:
 * 'value'`, `?name=value`, also escaped within a string. Each separator is examined once and each value is skipped as a
 * whole, so the time is linear.
 */
import { isRandom, type Span } from '../shapes/index.ts';
import { BETWEEN } from './prose.ts';
import { folded, type Secrecy, type SecretNames } from './secret-names.ts';

const LONGEST_NAME = 100;
const SPACES = 32;
/** Quotation marks in every form: plain, escaped within a string, or as an entity. */
const QUOTES = [
  '"""',
  "'''",
  '"',
  "'",
  '`',
  '\\\\\\"',
  '\\"',
  "\\'",
  '&quot;',
  '&#34;',
  '&#x22;',
  '&#39;',
  '&#x27;',
  '&apos;',
];
const NAME = /[\w.\-$%[\]\\\u0080-\uff19\uff1b-\uffff]/;
/** The second is the one of Chinese and Japanese. */
const COLONS = ':：';
/** Authentication schemes; the credentials follow them. */
const SCHEME = /^(?:bearer|basic|token|digest|dpop|negotiate|apikey|hmac)$/i;
/** A GraphQL type where a variable is declared: `$password: String! = "default"`. */
const DECLARED = /^\[?[A-Z][a-z]\w*!?\]?!?$/;

/** Names in `more` are secret, too. */
export function assignments(text: string, names: SecretNames, more: ReadonlySet<string> = new Set()): Span[] {
  const spans: Span[] = [];
  const separator = /[=:：]/g;
  let passed = 0;
  for (let match = separator.exec(text); match !== null; match = separator.exec(text)) {
    const at = match.index;
    if (text.startsWith('://', at)) continue;
    const before = nameBefore(text, at, passed);
    if (before === null) continue;
    const { name, parameter, quoted } = before;
    let secrecy: Secrecy = parameter ? names.ofParameter(name) : names.of(name);
    if (secrecy !== 'secret') {
      const label = labelBefore(text, at, before);
      if (more.has(name.replace(/^\$/, '')) || (label !== '' && names.calls(label))) secrecy = 'secret';
    }
    if (secrecy === 'open') continue;
    const value = valueAfter(text, at, quoted, name.startsWith('$'), secrecy === 'secret');
    if (value === null) continue;
    const { start, end, next } = value;
    const said = text.slice(start, end);
    const isOpen = NOTHING.test(said) || isWording(text, at, start, end);
    if (end > start && !isOpen && (secrecy === 'secret' || isRandom(said))) {
      spans.push({ start, end, place: folded(name), ...(value.bare ? { bare: true } : {}) });
      passed = next;
      separator.lastIndex = Math.max(next, at + 1);
    }
  }
  return spans;
}

/** File types in which a value extends to the end of its line. */
const LINES = /(?:^|[/.+-])(?:x-)?(?:ya?ml|properties|java-properties|toml|ini|dotenv|env)$/;
const LINE =
  /^([ \t]*(?:[-?] )?)["']?([\w.$-]{1,100})["']?[ \t]{0,8}(?:[:=]|\r?\n[ \t]{0,32}:)(?:[ \t]{1,32}|(?=\S)|$)((?:[^\r\n\\]|\\(?:\r?\n|.|$))*)/gm;

/** In configuration files: the rest of a line whose name is secret, or the list below it. */
export function secretLines(text: string, type: string, names: SecretNames): Span[] {
  if (!LINES.test(type)) return [];
  const spans = secretManifests(text);
  for (const { index, 0: all, 1: indent = '', 2: name = '', 3: value = '' } of text.matchAll(LINE)) {
    if (names.of(name) !== 'secret') continue;
    const place = folded(name);
    const end = index + all.length;
    const said = value.trimEnd();
    if (said !== '') {
      if (!/^(?:[|>][+-]?\d?$|[[{"'])/.test(said) && !NOTHING.test(said))
        spans.push({ start: end - value.length, end: end - value.length + said.length, place });
      continue;
    }
    const items = /s$/i.test(name) ? ITEM_OR_ENTRY : ITEM;
    items.lastIndex = end;
    for (let item = items.exec(text); item !== null; item = items.exec(text)) {
      const [line, before = '', element = ''] = item;
      if (before.length < indent.length + Number(!/^\s*- /.test(line)) || NOTHING.test(element)) break;
      spans.push({ start: item.index + line.length - element.length, end: item.index + line.length, place });
    }
  }
  return spans;
}

/** Of Kubernetes' Secrets: the values below their data, whatever they are called. */
const MANIFEST = /^kind:[ \t]{0,8}["']?Secret["']?[ \t]{0,8}\r?$/m;
const DATA = /^(?:data|stringData):[ \t]{0,8}\r?\n((?:[ \t][^\n]{0,10000}(?:\n|$)){1,1000})/gm;
const DATUM = /^[ \t]{1,32}[^\s:][^:\n]{0,200}:[ \t]{1,32}([^\s|>][^\r\n]*)/gm;

function secretManifests(text: string): Span[] {
  if (!MANIFEST.test(text)) return [];
  return [...text.matchAll(DATA)].flatMap(({ index, 0: all, 1: lines = '' }) =>
    [...lines.matchAll(DATUM)].map(({ index: at, 0: line, 1: value = '' }) => {
      const end = index + all.length - lines.length + at + line.length;
      return { start: end - value.length, end, place: 'data' };
    }),
  );
}

const ITEM = /\r?\n([ \t]*)- (?![^\r\n]{0,100}: )([^\r\n]+)/y;
const ITEM_OR_ENTRY = new RegExp(ITEM.source.replace('- (', '(?:- |[\\w.-]{1,100}:[ \\t]{1,8}(?=[^\\s|>&*{[]))('), 'y');

/** Up to four words that end in a colon, such as `Mot de passe : …`, or a whole line of words: `Recovery codes:`. */
function labelBefore(text: string, separator: number, { start, name, quoted, typed }: Name): string {
  if (typed !== '') return typed;
  if (quoted || text[start - 1] !== ' ' || !COLONS.includes(text[separator] ?? '')) return '';
  const isHeading = /[\r\n]/.test(text[separator + 1] ?? '');
  if (!isHeading && !LAST_OF_A_LABEL.test(name)) return '';
  const before = text.slice(Math.max(0, start - LONGEST_NAME), start);
  return ((isHeading ? HEADING : LABEL).exec(before)?.[0] ?? '') + name;
}

const LAST_OF_A_LABEL =
  /^(?:key|code|codes|number|phrase|answer|id|url|string|words|pin|passe|acceso|secreto?a?|segret[ao]|secrète|khẩu|sandi|laluan)$/i;
const HEADING = /[^\r\n]*$/;
const LABEL = /(?<![^\s("'*>])(?:[\p{L}\d'’-]{1,30} ){1,3}$/u;
/** A declaration whose type stands between its name and its value: `var password string = "…"`. */
const TYPED = /(?<![\w$-])([\w$]{2,60})\s(?:As\s)?(?:secure)?[Ss]tring$/;

/** Of a permission, such as `secrets:list`. */
const MAY = /^(?:change|create|delete|edit|list|manage|read|reset|revoke|rotate|update|view|write)$/;

/** What a heading introduces (`Password: how to choose one`), of which only the first word could be removed. */
function isWording(text: string, separator: number, start: number, end: number): boolean {
  if (!COLONS.includes(text[separator] ?? '')) return false;
  const said = text.slice(start, end);
  if (start === separator + 1) return MAY.test(said) && !/[\w:.]/.test(text[end] ?? '');
  return isSpace(text, start - 1) && BETWEEN.test(said) && /^[ \t]+\p{L}/u.test(text.slice(end, end + SPACES));
}

const NOTHING = /^(?:null|undefined|None|nil)$/;

interface Name {
  readonly name: string;
  readonly start: number;
  /** The name before it, if it is itself the type of a declaration; otherwise empty. */
  readonly typed: string;
  readonly quoted: boolean;
  /** Whether the name follows `?`, `&`, `;` or `#`. */
  readonly parameter: boolean;
}

function nameBefore(text: string, separator: number, passed: number): Name | null {
  let end = separator;
  while (end > passed && separator - end < SPACES && isSpace(text, end - 1)) end--;
  // `settings['apiKey'] = …`
  if (text[end - 1] === ']' && QUOTES.some((mark) => text.startsWith(mark, end - 1 - mark.length))) end--;
  const quote = QUOTES.find((mark) => text.startsWith(mark, end - mark.length));
  if (quote !== undefined) end -= quote.length;
  let start = end;
  while (start > passed && end - start < LONGEST_NAME && isOfName(text, start - 1, quote)) start--;
  if (start === end) return null;
  return {
    name: decoded(text.slice(start, end)),
    start,
    typed: text.endsWith('tring', end)
      ? (TYPED.exec(text.slice(Math.max(passed, end - LONGEST_NAME), end))?.[1] ?? '')
      : '',
    quoted: quote !== undefined,
    parameter: '?&;#'.includes(text[start - 1] ?? ' '),
  };
}

function isOfName(text: string, at: number, quote: string | undefined): boolean {
  const c = text[at] ?? '';
  return quote === undefined ? NAME.test(c) : c !== quote.at(-1) && c !== '\n' && c !== '\r';
}

/** A name may be written with escapes, which hide what it says. */
function decoded(name: string): string {
  const unit = (_all: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16));
  return name
    .replace(/\\+(?:u([\da-f]{4})|x([\da-f]{2}))/gi, (all, four, two) => unit(all, four ?? two))
    .replace(/%([\da-f]{2})/gi, unit)
    .replace(/^\\+/, '');
}

interface Value {
  readonly start: number;
  readonly end: number;
  /** Where to continue reading. */
  readonly next: number;
  readonly bare?: boolean;
}

/** A value whose name is not secret also ends at the next separator, so that no text is read twice. */
function valueAfter(
  text: string,
  separator: number,
  quotedName: boolean,
  variable: boolean,
  secret: boolean,
): Value | null {
  let start = separator + 1;
  while (/[=:>]/.test(text[start] ?? '')) start++;
  while (start < text.length && (isSpace(text, start) || (quotedName && /[\r\n]/.test(text[start] ?? '')))) start++;
  const quote = QUOTES.find((mark) => text.startsWith(mark, start));
  if (quote !== undefined) return quotedValue(text, start + quote.length, quote);
  if (secret) {
    const literal = literalValue(text, start);
    if (literal !== null) return literal;
  }
  const isColon = COLONS.includes(text[separator] ?? '');
  if (isColon ? /[[{]/.test(text[start] ?? '') : LIST.test(text.slice(start, start + SPACES)))
    return secret && !variable ? container(text, start) : null;
  if (isColon && /[|>]/.test(text[start] ?? '')) {
    const block = blockScalar(text, start);
    if (block !== null) return block;
  }
  if (secret && isColon && /[\r\n]/.test(text[start] ?? '')) return lineBelow(text, start);
  if (secret && text.startsWith('<<', start)) {
    const document = hereDocument(text, start);
    if (document !== null) return document;
  }
  // ODBC syntax: `Pwd={…}`.
  if (secret && text[separator] === '=' && text[start] === '{') return quotedValue(text, start + 1, '}');
  const end = bareEnd(text, start, secret && !variable ? DELIMITER : DELIMITER_OR_SEPARATOR);
  const value = text.slice(start, end);
  if (variable && DECLARED.test(value)) {
    const byDefault = /^\s{0,8}=\s{0,8}(?=")/.exec(text.slice(end, end + SPACES));
    if (byDefault === null) return null;
    return quotedValue(text, end + byDefault[0].length + 1, '"');
  }
  if (SCHEME.test(value) && isSpace(text, end) && !isSpace(text, end + 1)) {
    const after = bareEnd(text, end + 1, DELIMITER);
    return { start: end + 1, end: after, next: after };
  }
  return { start, end, next: end, ...(quotedName && value !== '' ? { bare: true } : {}) };
}

/** A string as languages write it: `b'…'`, `@"…"`, `String::from("…")`, PHP's `string(12) "…"`. */
function literalValue(text: string, start: number): Value | null {
  LITERAL.lastIndex = start;
  const before = LITERAL.exec(text);
  return before === null ? null : quotedValue(text, start + before[0].length, before[1] ?? '');
}

/** A list of strings, as in TOML. */
const LIST = /^\[\s{0,16}["']/;
/** Also behind its type, as in TypeScript, Kotlin, Python and Rust: `password: string = '…'`. */
const LITERAL =
  /(?:&?(?:'\w+ )?[A-Za-z][\w.]{0,40}(?:[<[][\w ,.]{0,40}[>\]])?[?!]?\s{0,4}=\s{0,4}(?=["'`])|[bBfFrRuU]{1,2}|[@LN$]|[\w.:$]{1,40}\(\s?|string\(\d{1,9}\) )(\\?["'`])/y;

/**
 * A line `Your password:` followed by a line with one word, unless that word is a name itself, or by a list of codes of
 * one length.
 */
function lineBelow(text: string, start: number): Value | null {
  BELOW.lastIndex = start;
  const found = BELOW.exec(text);
  if (found === null) return null;
  const word = found[1] ?? '';
  let end = start + found[0].length;
  const first = end - word.length;
  for (let more: RegExpExecArray | null = found; more?.[1]?.length === word.length; more = BELOW.exec(text))
    end = BELOW.lastIndex;
  return { start: first, end, next: end };
}

const BELOW =
  /\r?\n(?:[ \t]*\r?\n(?=[ \t]*\S*\d))?[ \t]{0,32}([^\s"'`:=<>{}[\],-][^\s"'`:=<>{}[\],]{3,200})(?=[ \t]*(?:[\r\n]|$))/y;

/** A YAML block scalar, `|` or `>` (YAML 1.2, 8.1): the following lines that are indented like the first of them. */
function blockScalar(text: string, start: number): Value | null {
  BLOCK.lastIndex = start;
  const head = BLOCK.exec(text);
  if (head === null) return null;
  const indent = head[1] ?? '';
  const first = start + head[0].length;
  let end = first;
  for (let newline = text.indexOf('\n', end); ; newline = text.indexOf('\n', end)) {
    end = newline < 0 ? text.length : newline;
    if (newline < 0 || !text.startsWith(indent, newline + 1)) break;
    end = newline + 1 + indent.length;
  }
  return { start: first, end, next: end };
}

const BLOCK = /[|>][+-]?\d?[ \t]{0,8}\r?\n([ \t]+)(?=\S)/y;

/** A here-document as in shells, Ruby, PHP and Terraform: `<<END` and all lines up to that word. */
function hereDocument(text: string, start: number): Value | null {
  HERE.lastIndex = start;
  const found = HERE.exec(text);
  if (found === null) return null;
  const [all, word = ''] = found;
  const first = start + all.length;
  const last = new RegExp(`\\n[ \\t]{0,64}${word}\\b`, 'g');
  last.lastIndex = first - 1;
  const end = last.exec(text)?.index ?? text.length;
  return { start: first, end: Math.max(first, end), next: end };
}

const HERE = /<<[<~-]?["']?(\w{1,40})["']?[^\r\n]{0,40}\r?\n/y;

/** Without a closing quotation mark the value extends to the end, because its end cannot be recognised. */
function quotedValue(text: string, start: number, quote: string): Value {
  const escapes = quote.length === 1;
  for (let at = start; ; at++) {
    const end = text.indexOf(quote, at);
    if (end < 0) return { start, end: text.length, next: text.length };
    if (!escapes || !isEscaped(text, end, start)) return { start, end, next: end + quote.length };
    at = end;
  }
}

function isEscaped(text: string, at: number, start: number): boolean {
  let backslashes = 0;
  while (at - backslashes > start && text[at - backslashes - 1] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** Skips an object or array to its end, including strings. */
function container(text: string, start: number): Value {
  let depth = 0;
  const marks = /["[\]{}]/g;
  marks.lastIndex = start;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    if (match[0] === '"') marks.lastIndex = quotedValue(text, match.index + 1, '"').next;
    else depth += /[[{]/.test(match[0]) ? 1 : -1;
    if (depth === 0) return { start, end: match.index + 1, next: match.index + 1, bare: true };
  }
  return { start, end: text.length, next: text.length, bare: true };
}

const DELIMITER = /[\s&;,"'<>()[\]{}|\\#]/g;
const DELIMITER_OR_SEPARATOR = /[\s&;,"'<>()[\]{}|\\#=:]/g;

function bareEnd(text: string, start: number, delimiter: RegExp): number {
  delimiter.lastIndex = start;
  return delimiter.exec(text)?.index ?? text.length;
}

function isSpace(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c === 32 || c === 9;
}
