/** A body that differs because the request is one that Express and Go read differently: the cause is there, not in the body. */
import { CATALOGUE, type Cause } from './catalogue.ts';
import { type BodyDifference, why } from './difference.ts';
import { lastKey } from './pointer.ts';
import { hasKeyOfAnotherCase, type RequestShape } from './request-shape.ts';

/** Causes that only say that something differs. The others say why, and keep their say. */
const VAGUE: ReadonlySet<Cause> = new Set<Cause>([
  'key-missing',
  'key-added',
  'zero-value-omitted',
  'zero-value-added',
  'null-added',
  'zero-for-null',
  'null-for-zero',
  'number-value',
  'type',
  'value',
  'array-length',
  'text-value',
  'markup-value',
  'not-found-body',
  'error-body',
]);

export function explained(differences: BodyDifference[], shape: RequestShape): BodyDifference[] {
  return differences.map((difference) => {
    const cause = VAGUE.has(difference.cause) ? causeInRequest(difference, shape) : null;
    if (cause === null) return difference;
    return {
      ...difference,
      ...why(cause, `${CATALOGUE[cause].advice} Seen as: ${CATALOGUE[difference.cause].title}.`),
    };
  });
}

function causeInRequest({ pointer }: BodyDifference, shape: RequestShape): Cause | null {
  if (shape.droppedPair) return 'query-pair-dropped';
  if (shape.nestedKey) return 'query-nesting';
  return hasKeyOfAnotherCase(shape.bodyKeys, lastKey(pointer)) ? 'request-key-case' : null;
}
