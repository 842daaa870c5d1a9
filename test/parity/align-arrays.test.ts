import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alignment, alignInOrder, alignUnordered } from '../../parity/compare/align/align-arrays.ts';
import { shortestEdit } from '../../parity/compare/align/shortest-edit.ts';

const tokens = fc.array(fc.nat({ max: 4 }), { maxLength: 12 });

/** Length of the longest common subsequence, by the textbook's table. */
function longestCommon(a: readonly number[], b: readonly number[]): number {
  const rows = [new Array<number>(b.length + 1).fill(0)];
  for (const x of a) {
    const above = rows.at(-1) ?? [];
    const row = [0];
    for (const [j, y] of b.entries()) {
      row.push(x === y ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0));
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

const pairsOf = ({ partner }: Alignment) => [...partner.entries()].filter(([, j]) => j >= 0);
const covers = (alignment: Alignment, a: readonly number[], b: readonly number[]) => {
  const { onlyA, onlyB } = alignment;
  const pairs = pairsOf(alignment);
  expect([...pairs.map(([i]) => i), ...onlyA].sort((x, y) => x - y)).toEqual([...a.keys()]);
  expect([...pairs.map(([, j]) => j), ...onlyB].sort((x, y) => x - y)).toEqual([...b.keys()]);
};

describe('the shortest edit', () => {
  it('keeps a longest common subsequence, in order', () => {
    fc.assert(
      fc.property(tokens, tokens, (a, b) => {
        const partner = [...(shortestEdit(a, b) ?? [])];
        const kept = partner.filter((j) => j >= 0);
        expect(kept.length).toBe(longestCommon(a, b));
        expect(kept).toEqual([...kept].sort((x, y) => x - y));
        expect(partner.every((j, i) => j < 0 || a[i] === b[j])).toBe(true);
      }),
    );
  });

  it('is not looked for beyond its bound', () => {
    const [odd, even] = [0, 1].map((start) => Array.from({ length: 300 }, (_, i) => 2 * i + start));
    expect(shortestEdit(odd ?? [], even ?? [])).toBeNull();
  });
});

describe('an alignment', () => {
  it('has each element once, and is the same from either side', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.boolean(), (a, b, isWhole) => {
        const [there, back] = [alignInOrder(a, b, isWhole), alignInOrder(b, a, isWhole)];
        covers(there, a, b);
        const turned = pairsOf(back)
          .map(([j, i]) => [i, j])
          .sort(([i = 0], [j = 0]) => i - j);
        expect(pairsOf(there)).toEqual(turned);
        expect([there.onlyA, there.onlyB, there.moved]).toEqual([back.onlyB, back.onlyA, back.moved]);
      }),
    );
  });

  it('of what was moved says so, and of what was put in does not', () => {
    expect(alignInOrder([1, 2, 3], [3, 1, 2])).toMatchObject({ moved: true, onlyA: [], onlyB: [] });
    expect(alignInOrder([1, 2, 3], [1, 9, 2, 3])).toMatchObject({ moved: false, onlyA: [], onlyB: [1] });
    expect(alignInOrder([1, 2, 3], [1, 9, 3])).toMatchObject({ moved: false, onlyA: [], onlyB: [] });
  });

  it('of whole elements leaves each in its place unless half of them have moved on', () => {
    const others = [7, 1, 8, 9];
    expect(pairsOf(alignInOrder([1, 2, 3, 4], others, true))).toEqual([0, 1, 2, 3].map((i) => [i, i]));
    expect(alignInOrder([1, 2, 3, 4], [7, 1, 2, 9], true)).toMatchObject({ onlyA: [3], onlyB: [0] });
    expect(alignInOrder([1, 2, 3, 4], others)).toMatchObject({ onlyA: [3], onlyB: [0] });
  });

  it('finds what was put in where it takes more edits than are looked for', () => {
    const long = Array.from({ length: 5000 }, (_, i) => i);
    const thinned = long.filter((i) => i % 10 !== 0);
    expect(alignInOrder(long, thinned)).toMatchObject({ moved: false, onlyB: [] });
    expect(alignInOrder(long, thinned).onlyA.length).toBe(500);
  });

  it('whatever the order pairs as much as there is', () => {
    fc.assert(
      fc.property(tokens, fc.nat({ max: 3 }), (a, turn) => {
        const b = [...a.slice(turn), ...a.slice(0, turn)];
        const alignment = alignUnordered(a, b, false);
        const { onlyA, onlyB } = alignment;
        expect(pairsOf(alignment).every(([i, j]) => a[i] === b[j])).toBe(true);
        expect([onlyA, onlyB]).toEqual([[], []]);
      }),
    );
    expect(alignUnordered([1, 2], [3, 1], true)).toMatchObject({
      partner: Int32Array.of(1, 0),
      onlyA: [],
      onlyB: [],
    });
    expect(alignUnordered([1, 2], [3, 1], false)).toMatchObject({
      partner: Int32Array.of(1, -1),
      onlyA: [1],
      onlyB: [0],
    });
  });
});
