/**
 * The smallest number of insertions and deletions that turns one sequence into another (Myers, "An O(ND) Difference
 * Algorithm", 1986).
 */

/** The search stops beyond this many edits: time grows with their number times the length, memory with their square. */
const MAX_EDITS = 256;

/**
 * For each element of `a`, the index of its partner in `b`, or -1; partners are in the same order on both sides. null
 * if more edits are needed than the limit allows.
 */
export function shortestEdit(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array | null {
  const trace: Int32Array[] = [];
  /** For each diagonal (k = x − y, shifted by the bound), the farthest position reached in `a`. */
  const reach = new Int32Array(2 * MAX_EDITS + 3);
  const zero = MAX_EDITS + 1;
  for (let d = 0; d <= MAX_EDITS; d++) {
    trace.push(reach.slice(zero - d - 1, zero + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const [left, right] = [reach[zero + k - 1] ?? 0, reach[zero + k + 1] ?? 0];
      let x = k === -d || (k !== d && left < right) ? right : left + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[zero + k] = x;
      if (x >= a.length && x - k >= b.length) return backtrack(a, b, trace);
    }
  }
  return null;
}

/** The same for sequences of texts. Aligning b with a yields the same partners. */
export function shortestEditOf(a: readonly string[], b: readonly string[]): Int32Array | null {
  if (!isAfter(a, b)) return editOf(a, b);
  const turned = editOf(b, a);
  if (turned === null) return null;
  const partner = new Int32Array(a.length).fill(-1);
  for (const [j, i] of turned.entries()) if (i >= 0) partner[i] = j;
  return partner;
}

function isAfter(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return a.length > b.length;
  const at = a.findIndex((text, i) => text !== b[i]);
  return at >= 0 && (a[at] ?? '') > (b[at] ?? '');
}

/** A common beginning and a common end are never part of an edit. */
function editOf(a: readonly string[], b: readonly string[]): Int32Array | null {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (start + end < shorter && a.at(-end - 1) === b.at(-end - 1)) end++;
  const ids = new Map<string, number>();
  const idsOf = (texts: readonly string[]) =>
    texts.map((text) => {
      const id = ids.get(text) ?? ids.size;
      ids.set(text, id);
      return id;
    });
  const middle = shortestEdit(idsOf(a.slice(start, a.length - end)), idsOf(b.slice(start, b.length - end)));
  return (
    middle &&
    Int32Array.from(a, (_, i) => {
      if (i < start) return i;
      if (i >= a.length - end) return i - a.length + b.length;
      const at = middle[i - start] ?? -1;
      return at < 0 ? at : at + start;
    })
  );
}

function backtrack(a: ArrayLike<number>, b: ArrayLike<number>, trace: readonly Int32Array[]): Int32Array {
  const partner = new Int32Array(a.length).fill(-1);
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const before = trace[d] ?? new Int32Array();
    const at = (k: number) => before[k + d + 1] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(fromK);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) partner[--x] = --y;
    [x, y] = [fromX, fromY];
  }
  return partner;
}
