/**
 * Re-evaluates counted captures as if each had been compared with knowledge of stable's own variation (`withNoise`).
 */

import { type Against, type Combination, combinationOf, gravestOf } from './combination.ts';
import { isSuppressed, mergeNoise, NO_NOISE, type NoiseModel } from './noise.ts';
import type { RouteTallies } from './routes.ts';
import { findingKey, type RouteTally } from './tally.ts';

/**
 * It does not matter when a variation was learned: captures that were counted earlier are suppressed, too. The result
 * is for reading only; it must not be merged again.
 * ⏎ @param known learned elsewhere, in addition to what these tallies contain
 */
export function suppressNoise(routes: RouteTallies, known: NoiseModel = NO_NOISE): RouteTallies {
  const model = mergeNoise(noiseIn(routes), known);
  return Object.fromEntries(
    Object.entries(routes).map(([route, tally]) => {
      const noisy = Object.hasOwn(model, route) ? model[route] : undefined;
      return [route, noisy === undefined ? tally : ofRoute({ ...tally, noisy })];
    }),
  );
}

/** What was learned from the second stable answers among the counted captures. */
export function noiseIn(routes: RouteTallies): NoiseModel {
  return Object.fromEntries(Object.entries(routes).map(([route, { noisy }]) => [route, noisy]));
}

function ofRoute(tally: RouteTally): RouteTally {
  const { breaking, undecided, benign, noise, findings } = tally;
  const { counts } = tally.noisy;
  const pairs = { breaking, undecided, benign, noise };
  const combinations: Record<string, number> = {};
  const found: Record<string, number> = { ...findings };
  for (const [key, count] of Object.entries(tally.combinations)) {
    const before = combinationOf(key);
    const off = before.against.filter(([, , place, aspect]) => isSuppressed(counts, place, aspect));
    if (off.length === 0) {
      combinations[key] = count;
      continue;
    }
    const after: Combination = { ...before, against: before.against.filter((one) => !off.includes(one)) };
    pairs[gravestOf(before)] -= count;
    pairs[gravestOf(after)] += count;
    for (const one of distinct(off, after.against)) moveFinding(found, one, count);
  }
  return { ...tally, ...pairs, combinations, findings: found };
}

/**
 * By severity, cause and place, as for findings. A finding that also remains in `left`, in another aspect, still counts
 * against the capture.
 */
function distinct(off: readonly Against[], left: readonly Against[]): Against[] {
  const byFinding = new Map(off.map((one) => [keyOf(one), one]));
  for (const one of left) byFinding.delete(keyOf(one));
  return [...byFinding.values()];
}

function keyOf([kind, cause, place]: Against): string {
  return findingKey(kind, cause, place);
}

function moveFinding(found: Record<string, number>, against: Against, pairs: number): void {
  const from = keyOf(against);
  const before = found[from];
  // For findings beyond the limit only the sum is known.
  if (before === undefined) return;
  if (before > pairs) found[from] = before - pairs;
  else delete found[from];
  const [, cause, place] = against;
  const to = findingKey('noise', cause, place);
  found[to] = (found[to] ?? 0) + pairs;
}
