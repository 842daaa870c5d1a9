/** A row of the corpus: one request to two real services, and every difference that the comparer must name. */
import type { CorpusRequest } from './capture.ts';
import type { GoSide, NodeSide } from './servers.ts';

export interface Row {
  /** In the catalogue that the corpus began with (docs/reference/parity.md, column "row"); `new`: found by running both side by side. */
  readonly row: number | 'new';
  readonly title: string;
  /** Each of them must come to the same differences. */
  readonly stable: readonly NodeSide[];
  readonly candidate: GoSide;
  readonly request: CorpusRequest;
  /** Only differences at places that begin so are held against `expect`; by default all but those that any pair shows. */
  readonly look?: readonly string[];
  /** Place, cause and class, in order: `body/items null-for-empty-array breaking`. */
  readonly expect: readonly string[];
  /** The Go answer is another each time, so that the recorded one is no measure. */
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

/** `stable` against `candidate`, everything looked at that not any pair shows. */
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

/** Express's pages of errors have a policy of their own. */
export const POLICY = 'header:content-security-policy protection-missing undecided';
