/** The comparers, and how many differences each reports. All receive the two texts, as a capture has them. */
import fastJsonPatch from 'fast-json-patch';
import { atomizeChangeset, diff as jsonDiffTs } from 'json-diff-ts';
import { create } from 'jsondiffpatch';
import microdiff from 'microdiff';
import { compareJson } from '../../parity/compare/body/json.ts';
import type { Pair } from './bodies.ts';

/** The number of differences that it reports. */
export type Contender = (pair: Pair) => number;

const byId = (item: object) => ('id' in item ? String(item.id) : undefined);
const patcher = create({ objectHash: byId });

function bothParsed({ stable, candidate }: Pair) {
  return [JSON.parse(stable), JSON.parse(candidate)] as const;
}

/** Number of leaves of jsondiffpatch's delta: a leaf is an array. */
function leaves(delta: unknown): number {
  if (Array.isArray(delta)) return 1;
  if (delta === null || typeof delta !== 'object') return 0;
  return Object.values(delta).reduce<number>((sum, value) => sum + leaves(value), 0);
}

export const FLOOR = '2 × JSON.parse';
export const CROSSFADE = 'crossfade';

export const CONTENDERS: Readonly<Record<string, Contender>> = {
  [FLOOR]: (pair) => bothParsed(pair).length,
  [CROSSFADE]: ({ stable, candidate }) =>
    (compareJson(stable, candidate) ?? []).filter(({ severity: kind }) => kind !== 'benign').length,
  jsondiffpatch: (pair) => leaves(patcher.diff(...bothParsed(pair))),
  microdiff: (pair) => microdiff(...bothParsed(pair)).length,
  'fast-json-patch': (pair) => fastJsonPatch.compare(...bothParsed(pair)).length,
  'json-diff-ts': (pair) => atomizeChangeset(jsonDiffTs(...bothParsed(pair))).length,
};

/** Pairs that must be told apart, or must not, and the number of differences. */
export const EXACT: readonly (readonly [string, Pair, number])[] = [
  ['2^53 and 2^53 + 1', { stable: '{"id":9007199254740992}', candidate: '{"id":9007199254740993}' }, 1],
  ['1e400 and 1e401', { stable: '{"v":1e400}', candidate: '{"v":1e401}' }, 1],
  ['0.1 and 0.1000000000000000055', { stable: '[0.1]', candidate: '[0.1000000000000000055]' }, 1],
  ['[] and {}', { stable: '{"v":[]}', candidate: '{"v":{}}' }, 1],
  ['a key that stands twice', { stable: '{"a":1,"a":2}', candidate: '{"a":2}' }, 1],
  ['a key named __proto__', { stable: '{"__proto__":1}', candidate: '{"__proto__":2}' }, 1],
  ['an element put in front', { stable: '[[1],[2],[3]]', candidate: '[[0],[1],[2],[3]]' }, 1],
  ['100 and 100.0', { stable: '[100]', candidate: '[100.0]' }, 0],
  ['keys in another order', { stable: '{"a":1,"b":2}', candidate: '{"b":2,"a":1}' }, 0],
];
