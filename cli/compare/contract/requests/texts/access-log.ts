/** Lines of access logs: they hold no bodies, and few fields. */
import { stripVTControlCharacters } from 'node:util';
import type { TextRequest } from './text-request.ts';

/** In quotes, as nearly all write it: Apache, nginx, load balancers of AWS, Envoy, HAProxy, uvicorn, Django. */
const REQUEST = /"([A-Z]+) ((?:[^\s"\\]|\\.)+) HTTP\/[\d.]+"(.*)$/;
/** HTTP/0.9, or a log that leaves the version out. */
const COMMON = /\[[^\]]+\] "([A-Z]+) ((?:[^\s"\\]|\\.)+)"( (?:\d{3}|-) .*)$/;
/** The method before a path in quotes, as gin and Rails write it; or before a status, as morgan does. */
const BARE = /\b([A-Z]{3,7})\s+"(\/[^"]*)"(.*)$|^([A-Z]{3,7}) (\/\S*) \d{3}\b(.*)$/;

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
/** Where the client stands in what follows the request. */
const AGENTS: readonly RegExp[] = [
  // nginx and Apache, combined: status, bytes, referer, agent.
  new RegExp(String.raw`^ (?:\d{3}|-) (?:\d+|-) (?<referer>${QUOTED}) (?<agent>${QUOTED})`),
  // ALB and classic load balancers: the agent at once.
  new RegExp(`^ (?<agent>${QUOTED}) `),
  // Envoy and Istio: status, flags, sizes and times, forwarded for, agent.
  new RegExp(String.raw`^ \d{3} \S+ (?:\S+ \S+ ${QUOTED} )?\d+ \d+ \S+ \S+ ${QUOTED} (?<agent>${QUOTED})`),
];

/** null where a line is of no such log. */
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

/** As a URL has them. */
const asPercent = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** A request of which a log tells no more than this; '' and '-' stand for what was not there. */
export function loggedRequest(method: string, url: string, fields: Readonly<Record<string, string>>): TextRequest {
  const headers = Object.entries(fields).filter(([, value]) => value !== '' && value !== '-');
  return { method, url, headers, body: null, asIs: true, logged: true };
}
