/**
 * ALB's patterns: `*` for any characters, `?` for one
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html).
 */

/** Whether some text matches both. */
export function patternsMeet(a: string, b: string): boolean {
  const meet = memoised((i, j) => {
    if (i === a.length && j === b.length) return true;
    if (a[i] === '*') return meet(i + 1, j) || (j < b.length && meet(i, j + 1));
    if (b[j] === '*') return meet(i, j + 1) || (i < a.length && meet(i + 1, j));
    if (i === a.length || j === b.length) return false;
    return (a[i] === '?' || b[j] === '?' || a[i] === b[j]) && meet(i + 1, j + 1);
  });
  return meet(0, 0);
}

/**
 * Whether every text that matches `narrow` matches `wide`. False if that cannot be decided, so that nobody relies on
 * it.
 */
export function patternCovers(wide: string, narrow: string): boolean {
  const covers = memoised((i, j) => {
    if (i === wide.length) return j === narrow.length;
    if (wide[i] === '*') return covers(i + 1, j) || (j < narrow.length && covers(i, j + 1));
    if (j === narrow.length || narrow[j] === '*') return false;
    return (wide[i] === '?' || wide[i] === narrow[j]) && covers(i + 1, j + 1);
  });
  return covers(0, 0);
}

function memoised(compute: (i: number, j: number) => boolean): (i: number, j: number) => boolean {
  const known = new Map<string, boolean>();
  return (i, j) => {
    const key = `${i},${j}`;
    const found = known.get(key) ?? compute(i, j);
    known.set(key, found);
    return found;
  };
}
