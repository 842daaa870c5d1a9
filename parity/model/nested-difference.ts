/** Differences of a body that is part of another body. */
import type { BodyDifference } from './difference.ts';

/** @param place pointer of the part */
export function within(place: string, differences: readonly BodyDifference[]): BodyDifference[] {
  return differences.map((difference) => ({
    ...difference,
    pointer: place + difference.pointer,
    ...(difference.candidatePointer === undefined ? {} : { candidatePointer: place + difference.candidatePointer }),
  }));
}
