/**
 * Files of HTTP clients (.http, .rest), as read by VS Code's REST Client, JetBrains' and httpYac: requests separated by
 * lines of `###`. The common syntax is supported. Scripts are not executed, but simple reads from an answer are
 * recognised.
 */

/** A request as written, with its variables in braces. */
export interface HttpBlock {
  /** Line number of the request line, from 1. */
  readonly line: number;
  /** The name by which later requests refer to its answer. */
  readonly name: string | null;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Lines of text, and files in the same folder. */
  readonly body: readonly (string | { readonly file: string })[];
  /** What a script takes from its answer. */
  readonly sets: readonly { readonly name: string; readonly from: AnswerPlace }[];
}

export type AnswerPlace =
  | { readonly kind: 'json'; readonly pointer: string }
  | { readonly kind: 'header'; readonly name: string };

export interface HttpFile {
  readonly blocks: readonly HttpBlock[];
  /** `@name = value`; a value may contain other variables. */
  readonly variables: readonly (readonly [string, string])[];
}

const METHODS =
  'GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE|PROPFIND|QUERY|GRAPHQL|WEBSOCKET|WSS?|GRPC|SSE|RSOCKET|MQTT|AMQP';
/** A method, a URL or path, and optionally a version. Spaces may occur within the braces of a variable. */
const REQUEST = new RegExp(
  `^(?:(${METHODS})\\s+)?((?:https?:|wss?:)?/\\S*|\\{\\{[^{}]*\\}\\}\\S*|[\\w.-]+(?::\\d+)?/\\S*)(?:\\s+HTTP/[\\d.]+)?$`,
);
const WITH_METHOD = new RegExp(`^(?:${METHODS})\\s+\\S`);
const FIELD = /^([\w!#$%&'*+.^`|~-]+)\s*:(?!\/\/)\s*(.*)$/;
const COMMENT = /^(?:#|\/\/)/;
const NAMED = /^(?:#|\/\/)\s*@name(?:\s+|\s*=\s*)(\S+)/;
const VARIABLE_LINE = /^@([\w.-]+)\s*=\s*(.*)$/;
const BETWEEN = /^###/;

/** Whether a text is such a file: it has separator lines, or a request line followed by a header field. */
export function isHttpFile(text: string): boolean {
  const lines = text.split(/\r?\n/);
  const isParted = lines.some((line) => BETWEEN.test(line));
  return lines.some((line, i) => isRequest(line) && (isParted || /^[A-Za-z][\w-]*:(?:\s|$)/.test(lines[i + 1] ?? '')));
}

/** Requires a method, because a URL alone may be part of a body. */
const isRequest = (line: string) => WITH_METHOD.test(line) && REQUEST.test(written(line));

export function readHttpFile(text: string): HttpFile {
  const lines = text.split(/\r?\n/);
  const variables: [string, string][] = [];
  const blocks: HttpBlock[] = [];
  let name: string | null = null;
  for (let i = 0; i < lines.length; ) {
    const line = (lines[i] ?? '').trim();
    const [, variable, value = ''] = VARIABLE_LINE.exec(line) ?? [];
    if (variable !== undefined) variables.push([variable, value.trim()]);
    if (BETWEEN.test(line)) name = null;
    name = NAMED.exec(line)?.[1] ?? name;
    // A script before a request.
    if (/^<\s*\{%/.test(line)) while (i < lines.length && !/%\}\s*$/.test(lines[i] ?? '')) i++;
    const request = COMMENT.test(line) ? null : REQUEST.exec(written(line));
    if (request === null) i++;
    else {
      const read = blockAt(lines, i, request, name);
      blocks.push(read.block);
      i = read.next;
      name = null;
    }
  }
  return { blocks, variables };
}

/** Removes spaces within the braces of variables. */
const written = (line: string) =>
  line.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => `{{${name.replaceAll(/\s+/g, '\u{a0}')}}}`);
const read = (text: string) => text.replaceAll('\u{a0}', ' ');

function blockAt(lines: readonly string[], at: number, request: RegExpExecArray, name: string | null) {
  const [, method = 'GET', first = ''] = request;
  let url = read(first);
  let i = at + 1;
  // A query may continue on the following lines, indented or not.
  for (; i < lines.length && /^(?:\s+\S|[?&])/.test(lines[i] ?? '') && !FIELD.test((lines[i] ?? '').trim()); i++)
    url += (lines[i] ?? '').trim();
  const headers: [string, string][] = [];
  for (; i < lines.length && (lines[i] ?? '').trim() !== '' && !BETWEEN.test(lines[i] ?? ''); i++) {
    const [, field, value = ''] = FIELD.exec((lines[i] ?? '').trim()) ?? [];
    if (field !== undefined) headers.push([field, value]);
    else if (!COMMENT.test((lines[i] ?? '').trim())) break;
  }
  const end = isRequest(lines[i] ?? '') ? i : endOf(lines, i);
  const { body, script } = bodyIn(lines.slice(i, end));
  const block: HttpBlock = {
    line: at + 1,
    name,
    method,
    url: url.replace(/\s+HTTP\/[\d.]+$/, ''),
    headers,
    body,
    sets: setsIn(script),
  };
  return { block, next: end };
}

/** The end of a request: at the next `###`, or at an empty line if there is none. */
function endOf(lines: readonly string[], from: number): number {
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (BETWEEN.test(line)) return i;
    if (i > from && (lines[i - 1] ?? '').trim() === '' && WITH_METHOD.test(line) && REQUEST.test(written(line)))
      return i;
  }
  return lines.length;
}

function bodyIn(lines: readonly string[]): { body: HttpBlock['body']; script: string } {
  const body: (string | { file: string })[] = [];
  let script = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^>\s*\{%/.test(line)) {
      const from = i;
      while (i < lines.length && !/%\}\s*$/.test(lines[i] ?? '')) i++;
      script += `${lines.slice(from, i + 1).join('\n')}\n`;
    } else if (/^(?:>>?!?|<>)\s/.test(line)) {
      // A reference to a file for the answer.
    } else {
      const file = /^<(?:@\S*)?\s+(\S.*)$/.exec(line)?.[1] ?? /^@([\w./-]+)$/.exec(line)?.[1];
      body.push(file === undefined ? line : { file: file.trim() });
    }
  }
  const isBlank = (line: HttpBlock['body'][number] | undefined) => typeof line === 'string' && line.trim() === '';
  while (isBlank(body[0])) body.shift();
  while (isBlank(body.at(-1))) body.pop();
  return { body, script };
}

/** `client.global.set("token", response.body.user.token)`, as in JetBrains' client. */
function setsIn(script: string): HttpBlock['sets'] {
  const SET =
    /client\.global\.set\(\s*["']([^"']+)["']\s*,\s*response\.(body((?:\.\w+|\[\d+\]|\[["'][^"']+["']\])+)|headers\.valueOf\(\s*["']([^"']+)["']\s*\))\s*\)/g;
  return [...script.matchAll(SET)].map(([, name = '', , path, header]) => ({
    name,
    from:
      header === undefined ? { kind: 'json', pointer: pointerOfPath(path ?? '') } : { kind: 'header', name: header },
  }));
}

/** Converts a path of JavaScript or JSONPath: `.a[0]['b']`. */
export function pointerOfPath(path: string): string {
  return [...path.matchAll(/\.?([\w$-]+)|\[(\d+)\]|\[["']([^"']+)["']\]/g)]
    .map(
      ([, member, index, quoted]) =>
        `/${(member ?? index ?? quoted ?? '').replaceAll('~', '~0').replaceAll('/', '~1')}`,
    )
    .join('');
}
