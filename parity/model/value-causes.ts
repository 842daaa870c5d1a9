/** Differences that say no more than that one value stands for another of the same type, or that an array holds others. */
import type { Cause } from '../causes/index.ts';
import type { Difference } from './difference.ts';

const OF_BODIES: ReadonlySet<Cause> = new Set<Cause>([
  'value',
  'number-value',
  'integer-precision',
  'float-rounding',
  'float32-precision',
  'array-length',
  'array-order',
  'text-value',
  'markup-value',
  'form-value',
]);

/** Of a field that both sides send, these are not about its value. */
const NOT_OF_FIELDS: ReadonlySet<Cause> = new Set<Cause>(['media-type', 'error-as-text', 'validator-kind', 'format']);

export function isOfValues({ in: where, cause, stable, candidate }: Difference): boolean {
  if (where === 'header') return stable !== null && candidate !== null && !NOT_OF_FIELDS.has(cause);
  return where === 'body' && OF_BODIES.has(cause);
}
