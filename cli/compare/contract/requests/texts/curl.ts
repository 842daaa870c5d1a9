/** Requests of a curl command, as curl would send them. Options that change nothing of a request are passed over. */

import { basicLogin, loginIn } from './basic-login.ts';
import { partOf } from './curl-form.ts';
import { type CurlOption, curlOptions } from './curl-options.ts';
import { globbed } from './curl-urls.ts';
import { FORM_DATA_TYPE, type FormPart, formData } from './form-data.ts';
import { type ShellCommand, WITHOUT_VALUE } from './shell.ts';
import { CannotBeSent, type ReadNamed, type TextRequest } from './text-request.ts';

/** Logins that need an exchange before, or a signature of the moment. */
const NOT_ALONE = /^(?:digest|ntlm|negotiate|aws-sigv4)$/;

interface Draft {
  method?: string;
  readonly urls: string[];
  readonly query: string[];
  /** An empty value leaves the field out; null sends it empty. */
  readonly headers: [string, string | null][];
  readonly data: Buffer[];
  readonly parts: FormPart[];
  target?: string;
  asQuery: boolean;
  json: boolean;
  asIs: boolean;
  asWritten: boolean;
  upload?: string;
}

/** @throws CannotBeSent for what needs more than the command says */
export function requestsOfCurl({ words: [, ...words], stdin }: ShellCommand, read: ReadNamed): TextRequest[] {
  const readOrStdin: ReadNamed = (file) => {
    if (file !== '-') return read(file);
    if (stdin === null) throw new CannotBeSent('a curl command sends its standard input');
    return Buffer.from(withValues(stdin));
  };
  return curlOptions(words).flatMap((options) => {
    const draft: Draft = {
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
    for (const option of options) take(option, draft, readOrStdin);
    return draft.urls.flatMap((url) => requestsOf(url, draft, readOrStdin));
  });
}

function take({ name, value }: CurlOption, draft: Draft, read: ReadNamed): void {
  // What stands for the host of a URL needs no value.
  if (name !== 'url') withValues(value);
  const { headers, data, parts } = draft;
  if (NOT_ALONE.test(name))
    throw new CannotBeSent(`a curl command logs in by --${name}, which needs more than one request`);
  switch (name) {
    case 'url':
      draft.urls.push(value);
      break;
    case 'request':
      draft.method = value;
      break;
    case 'head':
      draft.method ??= 'HEAD';
      break;
    case 'get':
      draft.asQuery = true;
      break;
    case 'globoff':
      draft.asWritten = true;
      break;
    case 'path-as-is':
      draft.asIs = true;
      break;
    case 'request-target':
      draft.target = value;
      break;
    case 'user-agent':
      headers.push(['User-Agent', value]);
      break;
    case 'referer':
      headers.push(['Referer', value.replace(/;auto$/, '')]);
      break;
    case 'cookie':
      if (!value.includes('='))
        throw new CannotBeSent('a curl command reads cookies out of a file: leave out -b, and give --cookies');
      addCookie(headers, value);
      break;
    case 'user': {
      const [name = '', password = ''] = value.split(/:(.*)/s);
      headers.push(basicLogin(name, password));
      break;
    }
    case 'oauth2-bearer':
      headers.push(['Authorization', `Bearer ${value}`]);
      break;
    case 'range':
      // A number alone is where it begins.
      headers.push(['Range', `bytes=${/^\d+$/.test(value) ? `${value}-` : value}`]);
      break;
    case 'time-cond':
      headers.push(conditionOf(value));
      break;
    case 'compressed':
      headers.push(['Accept-Encoding', 'deflate, gzip, br, zstd']);
      break;
    case 'header':
      for (const line of value.startsWith('@') ? read(value.slice(1)).toString('utf8').split(/\r?\n/) : [value])
        if (line.trim() !== '') headers.push(fieldOf(line));
      break;
    case 'form':
    case 'form-string':
      parts.push(partOf(value, name === 'form', read));
      break;
    case 'json':
      draft.json = true;
      data.push(contentOf(value, read));
      break;
    case 'data-binary':
      addData(data, contentOf(value, read));
      break;
    case 'data':
    case 'data-ascii':
      addData(
        data,
        value.startsWith('@')
          ? Buffer.from(
              contentOf(value, read)
                .toString('latin1')
                .replaceAll(/[\r\n\0]/g, ''),
              'latin1',
            )
          : Buffer.from(value),
      );
      break;
    case 'data-raw':
      addData(data, Buffer.from(value));
      break;
    case 'data-urlencode':
      addData(data, Buffer.from(urlEncoded(value, read)));
      break;
    case 'url-query':
      draft.query.push(value.startsWith('+') ? value.slice(1) : urlEncoded(value, read));
      break;
    case 'upload-file':
      draft.upload = value;
      break;
    case 'config':
      throw new CannotBeSent('a curl command reads its options out of a file');
    default:
  }
}

function requestsOf(url: string, draft: Draft, read: ReadNamed): TextRequest[] {
  const urls = draft.asWritten ? [url] : globbed(url);
  return urls.map((one) => requestOf(one, draft, read));
}

function requestOf(given: string, draft: Draft, read: ReadNamed): TextRequest {
  const { data, parts, upload, asQuery, json, asIs } = draft;
  const sent = data.length === 0 ? null : Buffer.concat(data);
  const query = [...draft.query, ...(asQuery && sent !== null ? [sent.toString('utf8')] : [])];
  const form = parts.length === 0 ? null : formData(parts);
  const body = asQuery ? null : (form ?? sent ?? (upload === undefined ? null : read(upload)));
  const method =
    draft.method ??
    (asQuery || body === null ? 'GET' : upload === undefined || form !== null || sent !== null ? 'POST' : 'PUT');
  const has = (name: string) => draft.headers.some(([field]) => field.toLowerCase() === name);
  const login = loginIn(given);
  const headers: [string, string | null][] =
    form === null ? [...draft.headers] : draft.headers.map(([name, value]) => [name, ofForm(name, value)]);
  if (login !== null && !has('authorization')) headers.push(login);
  if (json && !has('content-type')) headers.push(['Content-Type', 'application/json']);
  if (json && !has('accept')) headers.push(['Accept', 'application/json']);
  if (!asQuery && !json && !has('content-type'))
    if (form !== null) headers.push(['Content-Type', FORM_DATA_TYPE]);
    else if (sent !== null) headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
  return {
    method,
    url: withValues(urlOf(given, draft, query)),
    headers: headers.flatMap(([name, value]): [string, string][] => (value === '' ? [] : [[name, value ?? '']])),
    body,
    ...(asIs || draft.target !== undefined ? { asIs: true as const } : {}),
  };
}

/** curl names the boundary of its form behind whatever type the command names. */
function ofForm(name: string, value: string | null): string | null {
  if (name.toLowerCase() !== 'content-type' || value === null || value === '') return value;
  return `${value}; ${FORM_DATA_TYPE.replace(/^[^;]*; */, '')}`;
}

function urlOf(given: string, { target, upload }: Draft, query: readonly string[]): string {
  if (target !== undefined) return target;
  const [url = ''] = given.split('#');
  const folder = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?]+$/i.test(url) ? `${url}/` : url;
  const named =
    upload !== undefined && folder.endsWith('/') ? `${folder}${encodeURIComponent(upload.replace(/^.*\//, ''))}` : url;
  const whole =
    query.length === 0 ? named : `${named.replace(/&$/, '')}${named.includes('?') ? '&' : '?'}${query.join('&')}`;
  // Which host was asked is the command's to say: only what is behind it counts.
  const behindHost = new RegExp(
    `^(?:https?://)?(?:${WITHOUT_VALUE}[^${WITHOUT_VALUE}]*${WITHOUT_VALUE}|\\{\\{[^{}]*\\}\\})(?::\\d+)?(?=[/?]|$)`,
  ).exec(whole);
  if (behindHost !== null) return rooted(whole.slice(behindHost[0].length));
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(whole) ? whole : `http://${whole}`;
}

const rooted = (target: string) => (target.startsWith('/') ? target : `/${target}`);

/** @throws CannotBeSent where a variable of the shell has no value */
function withValues(text: string): string {
  const [, name] = text.split(WITHOUT_VALUE);
  if (name === undefined) return text;
  throw new CannotBeSent(`no value for the shell’s variable ${name}; --value ${name}=… gives it`);
}

/** A date that the answer is to be newer than, or older behind a minus sign. */
function conditionOf(value: string): [string, string] {
  const date = new Date(value.replace(/^[-+=]/, ''));
  if (Number.isNaN(date.getTime())) throw new CannotBeSent('a curl command asks for what is newer than a file');
  return [value.startsWith('-') ? 'If-Unmodified-Since' : 'If-Modified-Since', date.toUTCString()];
}

/** curl sends one field for all its options. */
function addCookie(headers: Draft['headers'], value: string): void {
  const before = headers.find(([name]) => name === 'Cookie');
  if (before === undefined) headers.push(['Cookie', value]);
  else before[1] = `${before[1]};${value}`;
}

function addData(data: Buffer[], more: Buffer): void {
  if (data.length > 0) data.push(Buffer.from('&'));
  data.push(more);
}

function contentOf(value: string, read: ReadNamed): Buffer {
  return value.startsWith('@') ? read(value.slice(1)) : Buffer.from(value);
}

/** `X: y`; `X:` leaves out what curl would send itself, and `X;` sends an empty field. */
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

/** All but what is unreserved (RFC 3986, 2.3), and spaces as a form has them. */
function encoded(content: Buffer): string {
  return content
    .toString('latin1')
    .replaceAll(/[^\w.~ -]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
}
