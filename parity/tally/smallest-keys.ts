/**
 * Those of the `limit` smallest keys: a key that is among them in a union is so in each part, so that no count of what is kept
 * in the end was lost on the way.
 */
export function smallestKeys<T>(all: Record<string, T>, limit: number): Record<string, T> {
  const keys = Object.keys(all);
  if (keys.length <= limit) return all;
  const kept = new Set(keys.sort().slice(0, limit));
  return Object.fromEntries(Object.entries(all).filter(([key]) => kept.has(key)));
}
