/** A body that differs because the request is one that Express and Go read differently: the cause is there, not in the body. */

import { lastKey } from '../../http/index.ts';
import { CATALOGUE, type Cause } from '../causes/index.ts';
import { type BodyDifference, why } from '../model/index.ts';
import { causeInQuery, hasKeyOfAnotherCase, type RequestShape } from './request-shape.ts';

/** Causes that only say that something differs. The others say why, and keep their say. */
const VAGUE: ReadonlySet<Cause> = new Set<Cause>([
  'key-missing',
  'key-added',
  'zero-value-omitted',
  'zero-value-added',
  'null-added',
  'null-omitted',
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
    const open = difference.rule === undefined && difference.severity !== 'noise';
    const cause = open && VAGUE.has(difference.cause) ? causeInRequest(difference, shape) : null;
    if (cause === null) return difference;
    return {
      ...difference,
      ...why(cause, `${CATALOGUE[cause].advice} Seen as: ${CATALOGUE[difference.cause].title}.`),
    };
  });
}

function causeInRequest({ pointer }: BodyDifference, shape: RequestShape): Cause | null {
  if (shape.bodyIs === 'json-untyped') return 'request-media-type';
  if (hasKeyOfAnotherCase(shape.bodyKeys, lastKey(pointer))) return 'request-key-case';
  return causeInQuery(shape);
}
