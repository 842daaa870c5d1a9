/** Requests from access logs, which contain no bodies and few fields. */
import { stripVTControlCharacters } from 'node:util';
import type { TextRequest } from './text-request.ts';

/** Quoted, as nearly all servers write it: Apache, nginx, AWS load balancers, Envoy, HAProxy, uvicorn, Django. */
const REQUEST = /"([A-Z]+) ((?:[^\s"\\]|\\.)+) HTTP\/[\d.]+"(.*)$/;
/** HTTP/0.9, or a log without the version. */
const COMMON = /\[[^\]]+\] "([A-Z]+) ((?:[^\s"\\]|\\.)+)"( (?:\d{3}|-) .*)$/;
/** The method before a quoted path, as in gin and Rails; or before a status, as in morgan. */
const BARE = /\b([A-Z]{3,7})\s+"(\/[^"]*)"(.*)$|^([A-Z]{3,7}) (\/\S*) \d{3}\b(.*)$/;

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
/** Where the user agent is in the text after the request. */
const AGENTS: readonly RegExp[] = [
  // nginx and Apache, combined: status, bytes, referer, agent.
  new RegExp(String.raw`^ (?:\d{3}|-) (?:\d+|-) (?<referer>${QUOTED}) (?<agent>${QUOTED})`),
  // ALB and classic load balancers: the user agent follows at once.
  new RegExp(`^ (?<agent>${QUOTED}) `),
  // Envoy and Istio: status, flags, sizes and times, forwarded for, agent.
  new RegExp(String.raw`^ \d{3} \S+ (?:\S+ \S+ ${QUOTED} )?\d+ \d+ \S+ \S+ ${QUOTED} (?<agent>${QUOTED})`),
];

/** null if the line is not from such a log. */
export function requestOfLogLine(line: string): TextRequest | null {
  const plain = stripVTControlCharacters(line);
  const found = REQUEST.exec(plain) ?? COMMON.exec(plain) ?? BARE.exec(plain);
  if (found === null) return null;
  const [method = '', url = '', rest = ''] = found.slice(1).filter((part) => part !== undefined);
  const fields = AGENTS.map((pattern) => pattern.exec(rest)?.groups).find((groups) => groups !== undefined);
  const field = (name: 'referer' | 'agent') => unescaped((fields?.[name] ?? '').slice(1, -1), String.fromCharCode);
  return loggedRequest(method, unescaped(url, asPercent), { Referer: field('referer'), 'User-Agent': field('agent') });
}

/** nginx and Apache write bytes that would break the line as `\x22`. */
function unescaped(text: string, written: (byte: number) => string): string {
  return text.replaceAll(/\\x([0-9a-fA-F]{2})|\\(.)/g, (_, hex: string | undefined, one = '') =>
    hex === undefined ? one : written(Number.parseInt(hex, 16)),
  );
}

/** As in a URL. */
const asPercent = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** A request of which a log contains only this; '' and '-' stand for a missing value. */
export function loggedRequest(method: string, url: string, fields: Readonly<Record<string, string>>): TextRequest {
  const headers = Object.entries(fields).filter(([, value]) => value !== '' && value !== '-');
  return { method, url, headers, body: null, asIs: true, logged: true };
}
