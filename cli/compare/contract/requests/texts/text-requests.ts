/** Recognises the kind of text in a file, and reads the requests in its lines. */
import { dirname, resolve, sep } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { routeWithoutSecrets } from '../../../../../capture/redaction/index.ts';
import { shortened } from '../../../../../input/index.ts';
import { textOf } from '../../../../../json/index.ts';
import type { Position } from '../../../../../parity/tally/index.ts';
import { readBytes, UsageError } from '../../../../shared/index.ts';
import { requestOfLogLine } from './access-log.ts';
import { loginIn } from './basic-login.ts';
import { isOfWindows, unescapedCarets } from './cmd-shell.ts';
import { requestsOfCurl } from './curl.ts';
import { type ShellCommand, shellCommands, WITHOUT_VALUE } from './shell.ts';
import { requestOfJsonLine, requestOfPairsLine, requestOfW3cLine, w3cFieldsOf } from './structured-log.ts';
import { CannotBeSent, type ReadNamed, type TextRequest } from './text-request.ts';

export interface PlainRequest {
  /** Sent to both sides as X-Request-Id; the id of a probe ends with `~` and its name. */
  readonly id: string;
  /** Method and template, such as `GET /items/{id}`. */
  readonly route: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Names and values. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
  readonly at: Position;
}

/** The request of a line, or the reason why there is none. */
export type LineRequest = PlainRequest | { readonly skipped: string; readonly at: Position };

export interface TextSource {
  readonly file: string;
  /** How messages name the source of the file: `files`, which is an argument, or an option. */
  readonly named: string;
  readonly source: number;
  readonly routes: readonly string[];
  /** Values of shell variables, by name. */
  readonly values: ReadonlyMap<string, string>;
  readonly compression?: 'none' | 'gzip' | 'zstd';
  /** Whether the file has the name of a document; only a log with JSON lines is then treated as text. */
  readonly isDocument?: boolean;
  /** The content of a pipe, which can be read only once. @default the content of the file */
  readonly bytes?: Buffer;
}

/** `https://…`, `/path`, or a method before either. */
const URL_LINE = /^(?:([A-Z]+)\s+)?(https?:\/\/\S+|\/\S*)(?:\s+HTTP\/[\d.]+)?$/;

/** How many lines are examined to recognise the kind of file. */
const FIRST_LINES = 20;

const HAS_BODY = /^(?:POST|PUT|PATCH)$/;

/** No command is longer; a quotation that is still open was a mistake. */
const MOST_LINES = 1_000;

const NOT_UNDERSTOOD = 'a line is not a known kind of request: a URL, a curl command or a line of an access log';

/**
 * null if the file may be another kind of input.
 * @throws UsageError if it cannot be read, or contains nothing that is understood
 */
export function textRequests({
  file,
  source,
  named,
  routes,
  values,
  compression = 'none',
  isDocument = false,
  bytes,
}: TextSource): LineRequest[] | null {
  const read = contentOf(bytes ?? readBytes(named, file), compression, `${named}: ${file}`);
  if (read === null || (isDocument && !isJsonLog(read))) return null;
  const lines = logicalLines(read);
  if (!lines.slice(0, FIRST_LINES).some(isKnown)) {
    if (isDocument || mayBeRecords(read)) return null;
    throw new UsageError(`${named}: ${file} ${whatIsIn(read)}`);
  }
  const shell = new Shell(values, besides(named, file));
  return lines.flatMap(({ text, line, fields }): LineRequest[] => {
    const at = { source, line };
    try {
      if (isShell(text)) {
        const requests = shell.run(text);
        return requests.map((request, i) =>
          request instanceof CannotBeSent
            ? { skipped: request.message, at }
            : planned(request, routes, at, requests.length > 1 ? `-${i + 1}` : ''),
        );
      }
      const request = requestOfLine(text, fields);
      if (request === null) return [{ skipped: NOT_UNDERSTOOD, at }];
      if (request.logged === true && HAS_BODY.test(request.method))
        throw new CannotBeSent(
          `an access log holds no body of a ${request.method}: take it from a HAR, captures or curl commands`,
        );
      return [planned(request, routes, at, '')];
    } catch (error) {
      if (!(error instanceof CannotBeSent)) throw error;
      return [{ skipped: error.message, at }];
    }
  });
}

/** How many bytes of a compressed file are examined. Captures, which are read as a stream, are not text. */
const BEGINNING = 64 * 1024;

function contentOf(bytes: Buffer, compression: TextSource['compression'], named: string): string | null {
  if (compression === 'zstd') return null;
  if (
    compression === 'gzip' &&
    !isText(gunzipSync(bytes.subarray(0, BEGINNING), { finishFlush: constants.Z_SYNC_FLUSH }))
  )
    return null;
  const read = textOf(compression === 'gzip' ? gunzipSync(bytes) : bytes);
  if (read.ok || bytes[0] === OPEN_BRACE || compression === 'gzip') return read.ok ? read.value : null;
  throw new UsageError(`${named} ${read.problem}`);
}

const OPEN_BRACE = 0x7b;

/** Captures and one side's logs are lines of JSON. */
const mayBeRecords = (text: string) => text.trimStart().startsWith('{');

/** Why a file cannot be used, with advice for common mistakes. */
function whatIsIn(text: string): string {
  const first = text.trim().split('\n')[0] ?? '';
  if (first === '') return 'is empty';
  const shown = shortened(first, 61);
  if (/^meta \{\s*\n\s+name: /.test(text.trimStart())) return 'is a request of Bruno: let it generate code, as cURL';
  const help = /\bInvoke-(?:WebRequest|RestMethod)\b|^(?:await )?fetch\(/m.test(text)
    ? '; browsers copy requests “as cURL” as well'
    : '';
  return `holds nothing that is understood: captures, a recording, a document, curl commands, an access log or URLs (its first line: ${shown})${help}`;
}

const isText = (beginning: Buffer) => logicalLines(beginning.toString('utf8')).slice(0, FIRST_LINES).some(isKnown);

const isKnown = ({ text, fields }: LogicalLine) => isShell(text) || requestOfLine(text, fields) !== null;

function isJsonLog(text: string): boolean {
  const line = text.slice(0, text.search(/\r?\n|$/));
  return line.startsWith('{') && requestOfJsonLine(line, requestOfPlainLine) !== null;
}

const ASSIGNMENT = /^(?:export\s+)?[A-Za-z_]\w*=/;
const CURL = /^(?:[A-Za-z_]\w*=\S*\s+|time\s+|sudo\s+)*curl(?:\.exe)?\s/;
/** A line of pairs looks like an assignment, too. */
const isShell = (text: string) => CURL.test(text) || (ASSIGNMENT.test(text) && requestOfPairsLine(text) === null);

/** Executes assignments, and reads commands one after another. */
class Shell {
  readonly #variables: Map<string, string>;
  readonly #given: ReadonlyMap<string, string>;
  readonly #read: ReadNamed;

  constructor(given: ReadonlyMap<string, string>, read: ReadNamed) {
    this.#variables = new Map(given);
    this.#given = given;
    this.#read = read;
  }

  /** A command that cannot be sent does not affect others on the same line. */
  run(text: string): (TextRequest | CannotBeSent)[] {
    const windows = isOfWindows(text);
    const commands = shellCommands(windows ? unescapedCarets(text) : text, windows ? null : this.#variables);
    if (commands === null) throw new CannotBeSent('a curl command ends within a quote or a here-document');
    return commands.flatMap((command): (TextRequest | CannotBeSent)[] => {
      try {
        return this.#requestsOf(command);
      } catch (error) {
        if (!(error instanceof CannotBeSent)) throw error;
        return [error];
      }
    });
  }

  #requestsOf({ words, stdin }: ShellCommand): TextRequest[] {
    const at = words.findIndex((word) => !/^(?:[A-Za-z_]\w*=|export$|time$|sudo$)/s.test(word));
    if (at < 0) this.#assign(words);
    return /^curl(?:\.exe)?$/.test(words[at] ?? '')
      ? requestsOfCurl({ words: words.slice(at), stdin }, this.#read)
      : [];
  }

  /** `--value` takes precedence. */
  #assign(words: readonly string[]): void {
    for (const word of words) {
      const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? [];
      if (name !== undefined && !this.#given.has(name) && !value.includes(WITHOUT_VALUE))
        this.#variables.set(name, value);
    }
  }
}

/** Files that a command names must be in the same folder, so that a copied command cannot send other files. */
export function besides(named: string, file: string): ReadNamed {
  const folder = dirname(resolve(file));
  return (name) => {
    const path = resolve(folder, name);
    if (!path.startsWith(`${folder}${sep}`))
      throw new CannotBeSent(`it names the file ${name}, which is not in its own folder`);
    try {
      return readBytes(named, path);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new CannotBeSent(`it names the file ${name}, which cannot be read`);
    }
  };
}

function requestOfLine(text: string, fields: readonly string[] | null): TextRequest | null {
  const [, method = 'GET', url] = URL_LINE.exec(text) ?? [];
  if (url !== undefined) {
    const login = loginIn(url);
    return { method, url, headers: login === null ? [] : [login], body: null };
  }
  if (fields !== null) return requestOfW3cLine(text, fields);
  return text.startsWith('{') ? requestOfJsonLine(text, requestOfPlainLine) : requestOfPlainLine(text);
}

const requestOfPlainLine = (text: string) => requestOfLogLine(text) ?? requestOfPairsLine(text);

/** A prompt before a command that was copied from a terminal or a page. */
const PROMPT = /^[$%>]\s+(?=curl)/;

interface LogicalLine {
  readonly text: string;
  readonly line: number;
  /** Field names of a W3C log, from an earlier line. */
  readonly fields: readonly string[] | null;
}

/**
 * Drops comments and blank lines. A command may continue after a backslash, within a quotation, or to the end of a
 * here-document.
 */
function logicalLines(text: string): LogicalLine[] {
  const lines = text.split(/\r?\n/);
  const found: LogicalLine[] = [];
  let fields: readonly string[] | null = null;
  for (let i = 0; i < lines.length; i++) {
    const begun = (lines[i] ?? '').trim().replace(PROMPT, '');
    fields = w3cFieldsOf(begun) ?? fields;
    if (begun === '' || begun.startsWith('#')) continue;
    let [whole, more] = [begun, 0];
    if (isShell(begun))
      while (goesOn(whole) && more < MOST_LINES && i + more + 1 < lines.length) whole += `\n${lines[i + ++more]}`;
    const isWhole = more === 0 || !goesOn(whole);
    found.push({ text: isWhole ? whole : begun, line: i + 1, fields });
    if (isWhole) i += more;
  }
  return found;
}

function goesOn(command: string): boolean {
  const windows = isOfWindows(command);
  if (windows && command.endsWith('^')) return true;
  try {
    return shellCommands(windows ? unescapedCarets(command) : command, windows ? null : new Map()) === null;
  } catch (error) {
    if (error instanceof CannotBeSent) return /\\\s*$/.test(command);
    throw error;
  }
}

function planned(request: TextRequest, routes: readonly string[], at: Position, nth: string): LineRequest {
  const { method, url, headers, body, asIs } = request;
  // Concerns a whole server or a connection.
  const target = url === '*' || method === 'CONNECT' ? null : targetOf(url, asIs === true);
  if (target === null) return { skipped: 'the request target is not a path', at };
  return {
    id: `line-${at.line}${nth}`,
    route: `${method} ${routeWithoutSecrets(target, routes)}`,
    method,
    target,
    headers: headers.filter(([name]) => !/^(?:host|content-length)$/i.test(name)),
    body,
    at,
  };
}

/** Path and query as written, except for characters that a request line cannot contain; null if there is no path. */
export function targetOf(url: string, asIs = false): string | null {
  const [, origin = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^#]*)/i.exec(url) ?? [];
  if (origin !== '' && !URL.canParse(origin)) return null;
  const rooted = rest.startsWith('/') ? rest : `/${rest}`;
  const target = rooted.replaceAll(/[^!-~]/gu, (one) => encodeURIComponent(one.isWellFormed() ? one : '\u{fffd}'));
  const [path = '', query] = target.split(/\?(.*)/s);
  if (asIs || !/\/\.{1,2}(?:\/|$)/.test(path)) return target;
  return `${new URL(`http://line.invalid${path}`).pathname}${query === undefined ? '' : `?${query}`}`;
}
