/**
 * Access logs with JSON lines (Caddy, Traefik, Envoy, nginx, pino, GCP, …), or with fields that the file names (W3C:
 * CloudFront, IIS).
 */
import * as z from 'zod';
import { loggedRequest } from './access-log.ts';
import type { TextRequest } from './text-request.ts';

type Members = Readonly<Record<string, unknown>>;

const METHODS = [
  'method',
  'request_method',
  'RequestMethod',
  'requestMethod',
  'httpMethod',
  'http_method',
  'verb',
  'REQUEST_METHOD',
  'http.request.method',
  'cs-method',
  'ClientRequestMethod',
];
const TARGETS = [
  'uri',
  'request_uri',
  'RequestPath',
  'requestUrl',
  'originalUrl',
  'url',
  'path',
  'REQUEST_URI',
  'http_path',
  'url.original',
  'url.path',
  'cs-uri-stem',
  'ClientRequestURI',
];
const QUERIES = ['query_string', 'args', 'query', 'queryString', 'queryStringParameters', 'url.query', 'cs-uri-query'];
const AGENTS = [
  'user_agent',
  'http_user_agent',
  'userAgent',
  'request_User-Agent',
  'user-agent',
  'agent',
  'user_agent.original',
];
const REFERERS = ['referer', 'http_referer', 'request_Referer', 'referrer'];
/** Objects that contain the request within a line. */
const AROUND = ['request', 'req', 'httpRequest', 'http_request'];
/** Header fields of a line that are not secret and that affect answers. */
const KEPT = /^(?:accept|accept-language|user-agent|referer|if-none-match|if-modified-since|range|origin)$/i;

const objectSchema = z.record(z.string(), z.unknown());
const textSchema = z.string().min(1);

/** Where a container runtime stores the original line. */
const LINES = ['log', 'message', 'msg'];

/** null if the line is not JSON of such a log. @param inner reads a log line that is embedded in another log */
export function requestOfJsonLine(line: string, inner: (line: string) => TextRequest | null): TextRequest | null {
  const whole = objectOf(parsed(line));
  if (whole === null) return null;
  const candidates = [...AROUND.map((key) => objectOf(whole[key])), flattened(whole)];
  for (const members of candidates) {
    const found = members === null ? null : requestOfMembers(members);
    if (found !== null) return found;
  }
  // The request line as text, with its method separate, or the whole line embedded in another.
  const [, written, target] =
    /^(?:([A-Z]+) )?(\/\S*|https?:\/\/\S+)(?: HTTP\/[\d.]+)?$/.exec(textIn(whole, ['request', 'requestLine']) ?? '') ??
    [];
  const method = written ?? textIn(whole, METHODS) ?? undefined;
  if (method !== undefined && target !== undefined) return loggedRequest(method, target, fieldsOf(whole));
  const within = textIn(whole, LINES)?.trim() ?? '';
  return within === '' || within === line ? null : inner(within);
}

/** Nested members are named like `http.request.method`, unless they already are. */
function flattened(members: Members, before = '', depth = 0): Members {
  const pairs = Object.entries(members).flatMap(([key, value]): [string, unknown][] => {
    const within = depth < 3 ? objectOf(value) : null;
    return [
      [`${before}${key}`, value],
      ...(within === null ? [] : Object.entries(flattened(within, `${before}${key}.`, depth + 1))),
    ];
  });
  return Object.fromEntries(pairs);
}

const PAIR = /(?<![\w.-])([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;

/** `method=GET path=/a status=200`, as Heroku and many libraries write it; null if the line has another format. */
export function requestOfPairsLine(line: string): TextRequest | null {
  const pairs = [...line.matchAll(PAIR)].map(([, key = '', quoted, plain = '']): [string, string] => [
    key,
    quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1'),
  ]);
  return pairs.length < 2 ? null : requestOfMembers(Object.fromEntries(pairs));
}

function requestOfMembers(members: Members): TextRequest | null {
  const method = textIn(members, METHODS);
  const target = textIn(members, TARGETS);
  if (method === null || !/^[A-Za-z]{3,20}$/.test(method)) return null;
  if (target === null || !/^(?:\/|https?:\/\/)/.test(target)) return null;
  const query = textIn(members, QUERIES) ?? pairsIn(members, QUERIES) ?? '-';
  const whole = query === '-' || target.includes('?') ? target : `${target}?${query.replace(/^\?/, '')}`;
  return loggedRequest(method.toUpperCase(), whole, fieldsOf(members));
}

function fieldsOf(members: Members): Readonly<Record<string, string>> {
  const fields = { 'User-Agent': textIn(members, AGENTS) ?? '', Referer: textIn(members, REFERERS) ?? '' };
  const logged = Object.entries(objectOf(members.headers) ?? {}).flatMap(([name, value]): [string, string][] => {
    const text = textSchema.safeParse(Array.isArray(value) ? value[0] : value);
    return text.success && KEPT.test(name) && text.data !== 'REDACTED' ? [[name.toLowerCase(), text.data]] : [];
  });
  const known = new Set(logged.map(([name]) => name));
  const named = Object.entries(fields).filter(([name]) => !known.has(name.toLowerCase()));
  return Object.fromEntries([...named, ...logged]);
}

function textIn(members: Members, names: readonly string[]): string | null {
  for (const name of names) {
    const text = textSchema.safeParse(members[name]);
    if (text.success) return text.data;
  }
  return null;
}

const scalarsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

/** A query that a framework has already parsed. */
function pairsIn(members: Members, names: readonly string[]): string | null {
  for (const name of names) {
    const pairs = scalarsSchema.safeParse(members[name]);
    if (pairs.success && Object.keys(pairs.data).length > 0) return new URLSearchParams(pairs.data).toString();
  }
  return null;
}

function objectOf(value: unknown): Members | null {
  return objectSchema.safeParse(value).data ?? null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The names in `#Fields:`; null for a line without them (https://www.w3.org/TR/WD-logfile). */
export function w3cFieldsOf(line: string): string[] | null {
  const [, names] = /^#Fields:\s*(.*)$/i.exec(line) ?? [];
  return names === undefined ? null : names.trim().split(/\s+/);
}

/** null if the line has no method and path among its fields. */
export function requestOfW3cLine(line: string, names: readonly string[]): TextRequest | null {
  const values = line.split(line.includes('\t') ? '\t' : ' ');
  const of = (name: string) => values[names.findIndex((one) => one.toLowerCase() === name)] ?? '-';
  const [method, stem, query] = [of('cs-method'), of('cs-uri-stem'), of('cs-uri-query')];
  const path = stem === '-' ? of('cs-uri') : stem;
  if (!/^[A-Z]+$/.test(method) || !path.startsWith('/')) return null;
  // CloudFront encodes a field like a URL; IIS writes a space as a plus.
  const agent = line.includes('\t') ? decoded(of('cs(user-agent)')) : of('cs(user-agent)').replaceAll('+', ' ');
  return loggedRequest(method, query === '-' ? path : `${path}?${query}`, { 'User-Agent': agent });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
