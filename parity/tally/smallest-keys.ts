/** Whether `a` comes before `b`. */
export type Before = (a: string, b: string) => boolean;

const byText: Before = (a, b) => a < b;

/**
 * The entries with the `limit` smallest keys. A key that is among them in a union is among them in each part, so the
 * counts of all kept entries are complete.
 */
export function smallestKeys<T>(all: Record<string, T>, limit: number): Record<string, T> {
  return Object.keys(all).length <= limit ? all : Object.fromEntries(smallestOf(new Map(Object.entries(all)), limit));
}

/** The same for a map. @param drop receives the entries that are not kept */
export function smallestOf<T>(
  all: Map<string, T>,
  limit: number,
  before: Before = byText,
  drop: (key: string, value: T) => void = () => {},
): Map<string, T> {
  if (all.size <= limit) return all;
  const entries = [...all].sort(([a], [b]) => (before(a, b) ? -1 : 1));
  for (const [key, value] of entries.slice(limit)) drop(key, value);
  return new Map(entries.slice(0, limit));
}

/**
 * Merges all records, adding the values of equal keys. One pass over many records costs less than many unions of two.
 */
export function unionOf<T>(parts: readonly Readonly<Record<string, T>>[], add: (x: T, y: T) => T): Map<string, T> {
  const union = new Map<string, T>();
  for (const part of parts) {
    for (const [key, value] of Object.entries(part)) {
      const known = union.get(key);
      union.set(key, known === undefined ? value : add(known, value));
    }
  }
  return union;
}
