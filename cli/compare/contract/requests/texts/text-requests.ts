/** Which text a file holds, and the requests of its lines. */

import { routeWithoutSecrets } from '../../../../../capture/redaction/index.ts';
import { textOf } from '../../../../../json/index.ts';
import type { Position } from '../../../../../parity/tally/index.ts';
import { readBytes } from '../../../../shared/index.ts';
import { requestOfLogLine } from './access-log.ts';
import { isOfWindows, requestOfCurl } from './curl.ts';
import type { TextRequest } from './text-request.ts';

/** A request of a line, or why it holds none. */
export type LineRequest =
  | { readonly skipped: string; readonly at: Position }
  | {
      readonly id: string;
      readonly route: string;
      readonly method: string;
      readonly target: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Buffer | null;
      readonly at: Position;
    };

export interface TextSource {
  readonly file: string;
  readonly source: number;
  readonly routes: readonly string[];
}

/** `https://…`, `/path`, or a method before either. */
const URL_LINE = /^(?:([A-Z]+)\s+)?(https?:\/\/\S+|\/\S*)$/;

/** Lines that are looked at for one that says what the file is. */
const FIRST_LINES = 20;

/** null where the file is no such text. @throws UsageError where it cannot be read */
export function textRequests({ file, source, routes }: TextSource): LineRequest[] | null {
  const read = textOf(readBytes('files', file));
  if (!read.ok) return null;
  const lines = logicalLines(read.value);
  const isKnown = ({ text }: { text: string }) => isCurl(text) || requestOfLine(text) !== null;
  if (!lines.slice(0, FIRST_LINES).some(isKnown)) return null;
  return lines.map(({ text, line }) => {
    const at = { source, line };
    const request = requestOfLine(text);
    if (request === null && isCurl(text)) return { skipped: 'a curl command sends a file or several requests', at };
    if (request === null)
      return { skipped: 'a line is no URL, curl command or line of an access log that is understood', at };
    return planned(request, routes, at);
  });
}

const isCurl = (text: string) => /^curl(?:\.exe)?\s/.test(text);

function requestOfLine(text: string): TextRequest | null {
  if (isCurl(text)) return requestOfCurl(text);
  const [, method = 'GET', url] = URL_LINE.exec(text) ?? [];
  return url === undefined ? requestOfLogLine(text) : { method, url, headers: [], body: null };
}

/** Before a command that was copied out of a terminal or a page. */
const PROMPT = /^[$%>]\s+(?=curl)/;

/** Comments and blank lines left out; a curl command may go on behind a backslash, or within quotes. */
function logicalLines(text: string): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let open: { text: string; line: number } | null = null;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (open !== null) open.text += `\n${line}`;
    else if (line.trim() !== '' && !line.trimStart().startsWith('#'))
      open = { text: line.trim().replace(PROMPT, ''), line: i + 1 };
    if (open === null || (isCurl(open.text) && goesOn(open.text))) continue;
    found.push(open);
    open = null;
  }
  return open === null ? found : [...found, open];
}

function goesOn(command: string): boolean {
  if (/\\\s*$/.test(command) || (isOfWindows(command) && command.endsWith('^'))) return true;
  const unquoted = command.replaceAll(/\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"/g, '');
  return /['"]/.test(unquoted);
}

function planned({ method, url, headers, body }: TextRequest, routes: readonly string[], at: Position): LineRequest {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(url)
    ? url
    : url.startsWith('/')
      ? `http://line.invalid${url}`
      : `http://${url}`;
  if (!URL.canParse(absolute)) return { skipped: 'the request target is not a path', at };
  const { pathname, search } = new URL(absolute);
  const target = `${pathname}${search}`;
  const kept = headers.filter(([name]) => !/^(?:host|content-length)$/i.test(name));
  const route = `${method} ${routeWithoutSecrets(target, routes)}`;
  return {
    id: `line-${at.line}`,
    route,
    method,
    target,
    headers: kept,
    body: body === null ? null : Buffer.from(body),
    at,
  };
}
