/** A row of the corpus: one request to two real services, with every difference that the comparer must name. */
import type { CorpusRequest } from './capture.ts';
import type { GoSide } from './go-servers.ts';
import type { NodeSide } from './node-servers.ts';

export interface Row {
  /**
   * Number in the catalogue that the corpus began with (docs/reference/parity.md, column "row"), or `new` if the row
   * was found by running both sides side by side.
   */
  readonly row: number | 'new';
  readonly title: string;
  /** Stable services. Each must show the same differences. */
  readonly stable: readonly NodeSide[];
  readonly candidate: GoSide;
  readonly request: CorpusRequest;
  /**
   * Only differences at places that begin with one of these are compared with `expect`. By default, all count except
   * those that any pair shows.
   */
  readonly look?: readonly string[];
  /** Place, cause and severity of each difference, in order: `body/items null-for-empty-array breaking`. */
  readonly expect: readonly string[];
  /** The Go answer changes each time, so the recorded one is not checked against it. */
  readonly random?: true;
}

export const EXPRESS = ['express4', 'express5'] as const;
export const ALL = ['express4', 'express5', 'fastify'] as const;

export const get = (target: string): CorpusRequest => ({ target });
export const post = (target: string, body: string, type = 'application/json'): CorpusRequest => ({
  method: 'POST',
  target,
  body,
  headers: { 'Content-Type': type },
});

/**
 * Creates a row for `stable` and a candidate. Unless `look` is given, all differences count except those that any pair
 * shows.
 */
export function row(
  number: Row['row'],
  title: string,
  stable: Row['stable'],
  request: Row['request'],
  expect: readonly string[],
  rest: { readonly candidate?: GoSide; readonly look?: readonly string[]; readonly random?: true } = {},
): Row {
  return { row: number, title, stable, candidate: 'servemux', request, expect, ...rest };
}

/** Express's error pages have a Content-Security-Policy of their own. */
export const POLICY = 'header:content-security-policy protection-missing undecided';
