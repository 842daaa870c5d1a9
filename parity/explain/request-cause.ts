/** If Express and Go interpret a request differently, that is the cause of differences in the body. */

import { lastKey } from '../../http/index.ts';
import { CATALOGUE, type Cause } from '../causes/index.ts';
import { type BodyDifference, why } from '../model/index.ts';
import { causeInQuery, hasKeyOfAnotherCase, type RequestShape } from './request-shape.ts';

/** Causes that only say that something differs. More precise causes are kept. */
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
  const open = new Set(
    differences.filter(({ rule, severity, cause }) => rule === undefined && severity !== 'noise' && VAGUE.has(cause)),
  );
  const named = new Set([...open].filter((difference) => namesPair(difference, shape)));
  return differences.map((difference) => {
    const cause = open.has(difference) ? causeInRequest(difference, shape, named.size > 0 ? named : open) : null;
    if (cause === null) return difference;
    return {
      ...difference,
      ...why(cause, `${CATALOGUE[cause].advice} Seen as: ${CATALOGUE[difference.cause].title}.`),
    };
  });
}

/** @param ofQuery the differences that the query may explain */
function causeInRequest(
  difference: BodyDifference,
  shape: RequestShape,
  ofQuery: ReadonlySet<BodyDifference>,
): Cause | null {
  if (shape.bodyIs === 'json-untyped') return 'request-media-type';
  if (hasKeyOfAnotherCase(shape.bodyKeys, lastKey(difference.pointer))) return 'request-key-case';
  return ofQuery.has(difference) ? causeInQuery(shape) : null;
}

/** If an answer repeats a parameter, it shows which of its differences come from the query. */
function namesPair({ pointer, stable, candidate }: BodyDifference, { oddPairs }: RequestShape): boolean {
  const steps = pointer.split('/');
  const values = [stable, candidate].map((excerpt) => excerpt?.replace(/^"(.*)"$/s, '$1'));
  return oddPairs.some(([key, value]) => steps.includes(key) || (value !== '' && values.includes(value)));
}
