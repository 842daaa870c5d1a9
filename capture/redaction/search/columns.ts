/**
 * Finds secrets in separated values (RFC 4180 and its dialects): columns that the first line names, and cells next to
 * the name of a secret. Also in SQL, and in entries of two lines.
 */
import { isRandom, type Span } from '../shapes/index.ts';
import { folded, type SecretNames } from './secret-names.ts';

const TABLES = new Set(['text/csv', 'application/csv', 'text/comma-separated-values', 'text/tab-separated-values']);
/** Spreadsheets use semicolons in locales where numbers contain commas. */
const SEPARATORS = [',', ';', '\t', '|'];

/** The first two lines of a Markdown table. */
const MARKDOWN = /^[ \t]*\|.*\|[ \t]*\r?\n[ \t]*\|[ \t:|-]+\|/m;

export function secretColumns(text: string, type: string, names: SecretNames): Span[] {
  if (TABLES.has(type)) return inTable(text, separatorOf(text.slice(0, FIRST_LINE).split(/[\r\n]/, 1)[0] ?? ''), names);
  return MARKDOWN.test(text) ? inTable(text, '|', names) : [];
}

/** The column list and the values of an `INSERT`. A `(` within a value ends the search in that row. */
const INSERT = /\bINSERT\s{1,8}INTO\s{1,8}\S{1,200}\s{0,8}\(([^()]{1,4000})\)\s{0,8}VALUES\s{0,8}/gi;
const VALUE = /\s{0,8}(?:'((?:[^'\\]|''|\\.){0,4000})'|([^\s,()']{1,200}))\s{0,8}([,)])/y;
/** MySQL's message for a duplicate key. */
const DUPLICATE = /\bDuplicate entry '([^'\n]{1,500})' for key '([^'\n]{1,200})'/g;

export function secretsInSql(text: string, names: SecretNames): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: all, 1: said = '', 2: key = '' } of text.includes('entry') ? text.matchAll(DUPLICATE) : []) {
    const start = index + all.indexOf("'") + 1;
    if (names.of(key) === 'secret') spans.push({ start, end: start + said.length, place: folded(key) });
  }
  if (!/insert/i.test(text)) return spans;
  for (const { index, 0: all, 1: list = '' } of text.matchAll(INSERT)) {
    const columns = list.split(',').map((name) => name.trim());
    if (!columns.some((name) => names.of(name) === 'secret')) continue;
    for (let at = index + all.length; text[at] === '('; ) {
      VALUE.lastIndex = at + 1;
      let column = 0;
      let end = at;
      for (let found = VALUE.exec(text); found !== null; found = VALUE.exec(text)) {
        const [written, quoted, bare = ''] = found;
        const value = quoted ?? bare;
        const start = found.index + written.indexOf(value, quoted === undefined ? 0 : written.indexOf("'") + 1);
        const name = columns[column++] ?? '';
        if (names.of(name) === 'secret' && value !== '')
          spans.push({ start, end: start + value.length, place: folded(name) });
        end = found.index + written.length;
        if (found[3] === ')') break;
      }
      const next = /^\s{0,8},\s{0,8}(?=\()/.exec(text.slice(end, end + 20));
      if (end === at || next === null) break;
      at = end + next[0].length;
    }
  }
  return spans;
}

/** Names and values of a tuple, as PostgreSQL prints it: `Key (api_key)=(…)`. */
const TUPLE = /\(([^()\n]{1,200})\)=\(([^()\n]{1,1000})\)/g;

export function secretTuples(text: string, names: SecretNames): Span[] {
  if (!text.includes(')=(')) return [];
  return [...text.matchAll(TUPLE)].flatMap(({ index, 0: all, 1: said = '', 2: value = '' }) => {
    const start = index + all.length - 1 - value.length;
    const name = said.split(',').find((each) => names.of(each) === 'secret');
    return name === undefined ? [] : [{ start, end: start + value.length, place: folded(name) }];
  });
}

/** Two lines of an entry, as in Kubernetes' containers: `- name: DB_PASSWORD` and `value: …`. */
const ENTRY =
  /^[ \t-]{0,40}["']?(?:name|key)["']?[ \t]?[:=][ \t]{1,8}["']?([\w.-]{2,100})["']?,?[ \t]*\r?\n[ \t]{0,40}["']?value["']?[ \t]?[:=][ \t]{1,8}(?:"([^"\n]+)|'([^'\n]+)|([^\s"'|>#][^\r\n]*))/gim;

/** A section of TOML or INI, and its values. */
const SECTION = /^\[[ \t]{0,4}([\w." -]{2,100})\][ \t]*\r?\n((?:(?!\[)[^\n]{0,2000}(?:\n|$)){1,200})/gm;
const SETTING = /^[ \t]{0,16}[\w.-]{1,100}[ \t]{0,16}=[ \t]{0,16}["']?([^\s"'#;][^\r\n"']*)/gm;

export function secretSections(text: string, names: SecretNames): Span[] {
  if (!/^\[/m.test(text)) return [];
  return [...text.matchAll(SECTION)].flatMap(({ index, 0: all, 1: name = '', 2: lines = '' }) => {
    if (!names.calls(name)) return [];
    const offset = index + all.length - lines.length;
    return [...lines.matchAll(SETTING)].map(({ index: at, 0: line, 1: value = '' }) => {
      const end = offset + at + line.length;
      return { start: end - value.length, end: end - value.length + value.trimEnd().length, place: folded(name) };
    });
  });
}

/** A variable of Terraform with its default, or an output with its value. */
const BLOCK =
  /^[ \t]{0,8}(?:variable|output)[ \t]{1,8}"([\w-]{2,100})"[ \t]{0,8}\{[^{}]{0,400}?\b(?:default|value)\s{0,32}=\s{0,8}(?:"([^"\n]+))/gm;

export function secretEntries(text: string, names: SecretNames): Span[] {
  if (!text.includes('\n') || !/\b(?:value|default)\b/i.test(text)) return [];
  return [...text.matchAll(ENTRY), ...text.matchAll(BLOCK)].flatMap(
    ({ index, 0: all, 1: name = '', 2: double, 3: single, 4: bare = '' }) => {
      const value = double ?? single ?? bare.trimEnd();
      const secrecy = names.of(name);
      const start = index + all.lastIndexOf(value);
      const isSecret = secrecy === 'secret' || (secrecy === 'random' && isRandom(value));
      return isSecret ? [{ start, end: start + value.length, place: folded(name) }] : [];
    },
  );
}

function inTable(text: string, separator: string, names: SecretNames): Span[] {
  const spans: Span[] = [];
  const columns: string[] = [];
  let [line, column, before] = [0, 0, ''];
  for (const { start, end, next, ends } of cells(text, separator)) {
    const said = text.slice(start, end);
    if (line === 0) columns.push(said);
    else {
      const name = columns[column] ?? '';
      const secrecy = names.of(name);
      if (secrecy === 'secret' || (secrecy === 'random' && isRandom(said))) {
        spans.push({ start, end, place: folded(name) });
      }
    }
    // A first line without digits is a header line.
    const named = column > 0 && NAME.test(before) && names.of(before) === 'secret';
    if (named && said.trim() !== '' && (line > 0 || /\d/.test(said))) spans.push({ start, end, place: folded(before) });
    before = ends ? '' : said;
    column = ends ? 0 : column + 1;
    if (ends) line++;
    if (next >= text.length) break;
  }
  return spans;
}

/** A cell that holds a name, not a sentence. */
const NAME = /^[\s\w.:*`-]{2,60}$/;
/** How many characters of the first line are examined. */
const FIRST_LINE = 10_000;

function separatorOf(line: string): string {
  const counted = SEPARATORS.map((mark) => ({ mark, times: line.split(mark).length }));
  return counted.reduce((most, one) => (one.times > most.times ? one : most)).mark;
}

interface Cell {
  /** Position without the quotation marks. */
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** Whether the cell is the last of its line. */
  readonly ends: boolean;
}

function* cells(text: string, separator: string): Generator<Cell> {
  for (let at = 0; at <= text.length; ) {
    const quoted = text[at] === '"';
    let end = at + (quoted ? 1 : 0);
    if (quoted) {
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
    } else while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
    let next = end + (quoted ? 1 : 0);
    if (text[next] === '\r') next++;
    const ends = text[next] !== separator;
    next = Math.max(next + 1, at + 1);
    yield { start: at + (quoted ? 1 : 0), end: Math.min(end, text.length), next, ends };
    at = next;
  }
}
