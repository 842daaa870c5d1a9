/** How two files differ besides their bytes, judged by their signatures. */

/** If the length differs by more than this share, it is another file, not the same one generated again. */
const LENGTH_CLASS = 0.25;

/**
 * Given two signatures such as `400 bytes (25504446…)`: whether the length is clearly different, and whether the first
 * bytes differ, which identify the format.
 */
export function bytesVary(stable: unknown, candidate: unknown): ('length' | 'magic')[] {
  const [a, b] = [stable, candidate].map((text) => /^(\d+) bytes \((.*)\)$/.exec(String(text ?? '')));
  const [p, q] = [Number(a?.[1] ?? 0), Number(b?.[1] ?? 0)];
  return [
    ...(Math.abs(p - q) > LENGTH_CLASS * Math.max(p, q) ? (['length'] as const) : []),
    ...(a?.[2] === b?.[2] ? [] : (['magic'] as const)),
  ];
}
