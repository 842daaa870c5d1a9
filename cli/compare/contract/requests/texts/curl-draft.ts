/** The effect of each option of a curl command on its requests. */

import { basicLogin } from './basic-login.ts';
import { partOf } from './curl-form.ts';
import type { CurlOption } from './curl-options.ts';
import type { FormPart } from './form-data.ts';
import { withValues } from './shell.ts';
import { CannotBeSent, type ReadNamed } from './text-request.ts';

export interface CurlDraft {
  method?: string;
  readonly urls: string[];
  readonly query: string[];
  /** An empty value omits the field; null sends it empty. */
  readonly headers: [string, string | null][];
  readonly data: Buffer[];
  readonly parts: FormPart[];
  target?: string;
  /** The data go into the query (`--get`). */
  asQuery: boolean;
  json: boolean;
  /** Dots in the path are kept (`--path-as-is`). */
  asIs: boolean;
  /** Brackets and braces in a URL are not patterns (`--globoff`). */
  asWritten: boolean;
  upload?: string;
}

/** @throws CannotBeSent if the request needs more than the command contains */
export function draftOf(options: readonly CurlOption[], read: ReadNamed): CurlDraft {
  const draft: CurlDraft = {
    urls: [],
    query: [],
    headers: [],
    data: [],
    parts: [],
    asQuery: false,
    json: false,
    asIs: false,
    asWritten: false,
  };
  for (const { name, value } of options) {
    // A placeholder for the host of a URL needs no value.
    if (name !== 'url') withValues(value);
    TAKES.get(name)?.(draft, value, read);
  }
  return draft;
}

type Take = (draft: CurlDraft, value: string, read: ReadNamed) => void;

/** By the long name of the option. Options that are not listed do not change a request. */
const TAKES: ReadonlyMap<string, Take> = new Map(
  Object.entries<Take>({
    url: ({ urls }, value) => urls.push(value),
    request: (draft, value) => {
      draft.method = value;
    },
    head: (draft) => {
      draft.method ??= 'HEAD';
    },
    get: (draft) => {
      draft.asQuery = true;
    },
    globoff: (draft) => {
      draft.asWritten = true;
    },
    'path-as-is': (draft) => {
      draft.asIs = true;
    },
    'request-target': (draft, value) => {
      draft.target = value;
    },
    'url-query': ({ query }, value, read) =>
      query.push(value.startsWith('+') ? value.slice(1) : urlEncoded(value, read)),

    'user-agent': ({ headers }, value) => headers.push(['User-Agent', value]),
    referer: ({ headers }, value) => headers.push(['Referer', value.replace(/;auto$/, '')]),
    cookie: ({ headers }, value) => addCookie(headers, value),
    range: ({ headers }, value) => headers.push(['Range', rangeOf(value)]),
    'time-cond': ({ headers }, value) => headers.push(conditionOf(value)),
    compressed: ({ headers }) => headers.push(['Accept-Encoding', 'deflate, gzip, br, zstd']),
    header: ({ headers }, value, read) => headers.push(...fieldsOf(value, read)),

    user: ({ headers }, value) => {
      const [name = '', password = ''] = value.split(/:(.*)/s);
      headers.push(basicLogin(name, password));
    },
    'oauth2-bearer': ({ headers }, value) => headers.push(['Authorization', `Bearer ${value}`]),
    digest: needsMoreRequests('digest'),
    ntlm: needsMoreRequests('ntlm'),
    negotiate: needsMoreRequests('negotiate'),
    'aws-sigv4': needsMoreRequests('aws-sigv4'),

    form: ({ parts }, value, read) => parts.push(partOf(value, true, read)),
    'form-string': ({ parts }, value, read) => parts.push(partOf(value, false, read)),
    json: (draft, value, read) => {
      draft.json = true;
      draft.data.push(contentOf(value, read));
    },
    data: addText,
    'data-ascii': addText,
    'data-raw': ({ data }, value) => addData(data, Buffer.from(value)),
    'data-binary': ({ data }, value, read) => addData(data, contentOf(value, read)),
    'data-urlencode': ({ data }, value, read) => addData(data, Buffer.from(urlEncoded(value, read))),
    'upload-file': (draft, value) => {
      draft.upload = value;
    },
    config: () => {
      throw new CannotBeSent('a curl command reads its options out of a file');
    },
  }),
);

/** Refuses a login that needs an earlier exchange or a fresh signature. */
function needsMoreRequests(name: string): Take {
  return () => {
    throw new CannotBeSent(`a curl command logs in by --${name}, which needs more than one request`);
  };
}

/** A single number is the start of the range. */
function rangeOf(value: string): string {
  return `bytes=${/^\d+$/.test(value) ? `${value}-` : value}`;
}

/** A date that the answer must be newer than or, after a minus sign, older than. */
function conditionOf(value: string): [string, string] {
  const date = new Date(value.replace(/^[-+=]/, ''));
  if (Number.isNaN(date.getTime()))
    throw new CannotBeSent('a curl command depends on the time of a file (--time-cond)');
  return [value.startsWith('-') ? 'If-Unmodified-Since' : 'If-Modified-Since', date.toUTCString()];
}

/** curl sends one field for all its options. */
function addCookie(headers: CurlDraft['headers'], value: string): void {
  if (!value.includes('='))
    throw new CannotBeSent('a curl command reads cookies out of a file: leave out -b, and give --cookies');
  const before = headers.find(([name]) => name === 'Cookie');
  if (before === undefined) headers.push(['Cookie', value]);
  else before[1] = `${before[1]};${value}`;
}

/** Carriage return, line feed and NUL. */
const LEFT_OUT = new Set([0x0d, 0x0a, 0x00]);

/** curl removes line ends and NULs from a file that it sends as text. */
function addText({ data }: CurlDraft, value: string, read: ReadNamed): void {
  const content = contentOf(value, read);
  const isFile = value.startsWith('@');
  addData(data, isFile ? Buffer.from(content.filter((byte) => !LEFT_OUT.has(byte))) : content);
}

function addData(data: Buffer[], more: Buffer): void {
  if (data.length > 0) data.push(Buffer.from('&'));
  data.push(more);
}

function contentOf(value: string, read: ReadNamed): Buffer {
  return value.startsWith('@') ? read(value.slice(1)) : Buffer.from(value);
}

/** One field, or the fields of a file (`@file`). */
function fieldsOf(value: string, read: ReadNamed): CurlDraft['headers'] {
  const lines = value.startsWith('@') ? read(value.slice(1)).toString('utf8').split(/\r?\n/) : [value];
  return lines.filter((line) => line.trim() !== '').map(fieldOf);
}

/** `X: y`; `X:` omits a field that curl would send itself, and `X;` sends an empty field. */
function fieldOf(text: string): [string, string | null] {
  const at = text.indexOf(':');
  if (at < 0) return text.endsWith(';') ? [text.slice(0, -1).trim(), null] : [text, ''];
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** `content`, `=content`, `name=content`, `@file` or `name@file`. */
function urlEncoded(text: string, read: ReadNamed): string {
  const at = text.search(/[=@]/);
  if (at < 0) return encoded(Buffer.from(text));
  const name = text.slice(0, at);
  const rest = text.slice(at + 1);
  return `${name}${name === '' ? '' : '='}${encoded(text[at] === '@' ? read(rest) : Buffer.from(rest))}`;
}

/** Escapes everything except unreserved characters (RFC 3986, 2.3); spaces become `+`, as in a form. */
function encoded(content: Buffer): string {
  return content
    .toString('latin1')
    .replaceAll(/[^\w.~ -]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
}
