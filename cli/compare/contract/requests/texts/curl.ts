/** Requests of a curl command, as curl would send them. */

import { loginIn } from './basic-login.ts';
import { type CurlDraft, draftOf } from './curl-draft.ts';
import { curlOptions } from './curl-options.ts';
import { globbed } from './curl-urls.ts';
import { FORM_DATA_TYPE, formData } from './form-data.ts';
import { type ShellCommand, WITHOUT_VALUE, withValues } from './shell.ts';
import { CannotBeSent, type ReadNamed, type TextRequest } from './text-request.ts';

/** @throws CannotBeSent if the request needs more than the command contains */
export function requestsOfCurl({ words: [, ...words], stdin }: ShellCommand, read: ReadNamed): TextRequest[] {
  const readOrStdin: ReadNamed = (file) => {
    if (file !== '-') return read(file);
    if (stdin === null) throw new CannotBeSent('a curl command sends its standard input');
    return Buffer.from(withValues(stdin));
  };
  return curlOptions(words).flatMap((options) => {
    const draft = draftOf(options, readOrStdin);
    return draft.urls.flatMap((url) => requestsOf(url, draft, readOrStdin));
  });
}

function requestsOf(url: string, draft: CurlDraft, read: ReadNamed): TextRequest[] {
  const urls = draft.asWritten ? [url] : globbed(url);
  return urls.map((one) => requestOf(one, draft, read));
}

function requestOf(given: string, draft: CurlDraft, read: ReadNamed): TextRequest {
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

/** curl appends the boundary of its form to whatever type the command names. */
function ofForm(name: string, value: string | null): string | null {
  if (name.toLowerCase() !== 'content-type' || value === null || value === '') return value;
  return `${value}; ${FORM_DATA_TYPE.replace(/^[^;]*; */, '')}`;
}

function urlOf(given: string, { target, upload }: CurlDraft, query: readonly string[]): string {
  if (target !== undefined) return target;
  const [url = ''] = given.split('#');
  const folder = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/?]+$/i.test(url) ? `${url}/` : url;
  const named =
    upload !== undefined && folder.endsWith('/') ? `${folder}${encodeURIComponent(upload.replace(/^.*\//, ''))}` : url;
  const whole =
    query.length === 0 ? named : `${named.replace(/&$/, '')}${named.includes('?') ? '&' : '?'}${query.join('&')}`;
  // The command's host does not matter; only the part after it counts.
  const behindHost = new RegExp(
    `^(?:https?://)?(?:${WITHOUT_VALUE}[^${WITHOUT_VALUE}]*${WITHOUT_VALUE}|\\{\\{[^{}]*\\}\\})(?::\\d+)?(?=[/?]|$)`,
  ).exec(whole);
  if (behindHost !== null) return rooted(whole.slice(behindHost[0].length));
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(whole) ? whole : `http://${whole}`;
}

const rooted = (target: string) => (target.startsWith('/') ? target : `/${target}`);
