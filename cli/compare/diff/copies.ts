/**
 * Finds lines that stand more than once in the inputs, as they do where a delivery was repeated or two files overlap.
 * Lines are known by eight bytes of a hash: of a million, two differing ones share these with probability 3 · 10⁻⁸.
 */
import type { HashedLines, Repeated } from './threads/index.ts';

export class Copies {
  readonly #pieces: (HashedLines & { readonly source: number })[] = [];

  add(source: number, lines: HashedLines): void {
    this.#pieces.push({ ...lines, source });
  }

  /** For each input the lines that repeat an earlier one; null if there are none. */
  repeated(): Repeated | null {
    const twice = this.#twice();
    if (twice.size === 0) return null;
    const pieces = this.#pieces.toSorted((a, b) => a.source - b.source || (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0));
    const seen = new Set<bigint>();
    const repeated = new Map<number, number[]>();
    for (const { source, keys, numbers } of pieces) {
      keys.forEach((key, i) => {
        if (!twice.has(key)) return;
        if (seen.has(key)) linesOf(repeated, source).push(numbers[i] ?? 0);
        seen.add(key);
      });
    }
    return repeated;
  }

  #twice(): ReadonlySet<bigint> {
    const all = new BigUint64Array(this.#pieces.reduce((sum, { keys }) => sum + keys.length, 0));
    let at = 0;
    for (const { keys } of this.#pieces) {
      all.set(keys, at);
      at += keys.length;
    }
    all.sort();
    return new Set(all.filter((key, i) => key === all[i - 1]));
  }
}

function linesOf(repeated: Map<number, number[]>, source: number): number[] {
  const known = repeated.get(source) ?? [];
  repeated.set(source, known);
  return known;
}

export const copiesIn = (repeated: Repeated) => [...repeated.values()].reduce((sum, lines) => sum + lines.length, 0);
