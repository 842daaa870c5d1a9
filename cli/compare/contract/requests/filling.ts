/** Variables of documents in double braces, as clients fill them in. */
import { endsABase } from './openapi-document.ts';
import type { Take } from './planned-request.ts';
import { madeUp } from './postman/index.ts';

/** Variables may stand for others. What has no value stays, and so does what is filled in later. */
export type FillIn = (text: string) => string;
export const VARIABLE = /\{\{\s*([^{}]+?)\s*\}\}/g;
const MOST_ROUNDS = 5;

/** @param nth of the requests: what a client makes up for each is another for each */
export function filling(values: ReadonlyMap<string, string>, nth: number): FillIn {
  const once = (text: string) =>
    text.replaceAll(VARIABLE, (whole, key: string) => values.get(key) ?? madeUp(key, nth) ?? whole);
  return (text) => {
    let filled = once(text);
    for (let round = 1; round < MOST_ROUNDS && filled.includes('{{'); round++) filled = once(filled);
    return filled;
  };
}

/** Behind the host, which a first variable may stand for; of that one's URL the path counts, unless a base URL ends with it. */
export function pathBehindHost(raw: string, fill: FillIn, bases: readonly string[]): string {
  const base = /^\{\{[^{}]+\}\}(?=\/)/.exec(raw)?.[0] ?? '';
  const before = fill(base).replace(/\/$/, '').replace(ORIGIN, '');
  const rest = fill(raw.slice(base.length)).replace(/#.*$/s, '');
  const path = base === '' ? rest.replace(ORIGIN, '') : `${endsABase(before, bases) ? '' : before}${rest}`;
  return path.startsWith('/') ? path : `/${path}`;
}

const ORIGIN = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*|\{\{[^{}]+\}\}|[^/?#]+)/i;

/** What a request takes from its answer, which is read for it. */
export function taking(headers: readonly (readonly [string, string])[], take: readonly Take[]) {
  if (take.length === 0) return {};
  const others = headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding');
  return { take, headers: [...others, IDENTITY] };
}

/** An answer is read for what it gives, so it comes as it is. */
const IDENTITY = ['Accept-Encoding', 'identity'] as const;
