/** HTTP messages as text: fields, paths, and notations for places in them. */
export { httpDate } from './date.ts';
export {
  codingsOf,
  type Field,
  type FieldLines,
  fieldPairs,
  fieldsOf,
  firstValue,
  isRedirect,
  type MediaType,
  mediaTypeOf,
  membersOf,
  parseMediaType,
  splitOutsideQuotes,
  unquote,
} from './fields.ts';
export { lastKey, pointerStep } from './json-pointer.ts';
export { NEVER_A_TRAILER, OWN_FIELDS, SHADOW_FIELD } from './own-fields.ts';
export { matchesPattern, type Segments, segmentsOf } from './pattern.ts';
export { withEscapesAsRead, withQueryAsRead } from './query.ts';
export { matches, pathOf, routeOf } from './route.ts';
