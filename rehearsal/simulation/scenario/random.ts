/** Seeded randomness: the same seed gives the same simulation on every machine. */

/** Uniform on [0, 1). */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, public domain). */
export function generator(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Uniform on [0, 1), derived from the purpose and not from a sequence, so that a scenario with one item fewer draws the
 * same for all others, which shrinking needs. FNV-1a, with MurmurHash3's finaliser.
 */
export function drawnFor(seed: number, what: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < what.length; i++) hash = Math.imul(hash ^ what.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** An integer below the limit. */
export function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const picked = from[whole(random, from.length)];
  if (picked === undefined) throw new RangeError('there is nothing to pick from');
  return picked;
}
