/** Variables in double braces, filled in as clients do. */
import { endsABase } from './openapi-document.ts';
import type { Take } from './planned-request.ts';
import { madeUp } from './postman/index.ts';

/**
 * Variables may refer to others. A variable without a value is left unchanged, and so is one that is filled in later.
 */
export type FillIn = (text: string) => string;
export const VARIABLE = /\{\{\s*([^{}]+?)\s*\}\}/g;
const MOST_ROUNDS = 5;

/** @param nth number of the request, because generated values differ between requests */
export function filling(values: ReadonlyMap<string, string>, nth: number): FillIn {
  const once = (text: string) =>
    text.replaceAll(VARIABLE, (whole, key: string) => values.get(key) ?? madeUp(key, nth) ?? whole);
  return (text) => {
    let filled = once(text);
    for (let round = 1; round < MOST_ROUNDS && filled.includes('{{'); round++) filled = once(filled);
    return filled;
  };
}

/**
 * The part behind the host, for which a leading variable may stand. The path of that variable's URL counts, unless a
 * base URL already ends with it.
 */
export function pathBehindHost(raw: string, fill: FillIn, bases: readonly string[]): string {
  const base = /^\{\{[^{}]+\}\}(?=\/)/.exec(raw)?.[0] ?? '';
  const before = fill(base).replace(/\/$/, '').replace(ORIGIN, '');
  const rest = fill(raw.slice(base.length)).replace(/#.*$/s, '');
  const path = base === '' ? rest.replace(ORIGIN, '') : `${endsABase(before, bases) ? '' : before}${rest}`;
  return path.startsWith('/') ? path : `/${path}`;
}

const ORIGIN = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*|\{\{[^{}]+\}\}|[^/?#]+)/i;

/** What a request takes from its answer. The answer is parsed for it. */
export function taking(headers: readonly (readonly [string, string])[], take: readonly Take[]) {
  if (take.length === 0) return {};
  const others = headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding');
  return { take, headers: [...others, IDENTITY] };
}

/** An answer from which values are taken is requested without a content coding. */
const IDENTITY = ['Accept-Encoding', 'identity'] as const;
