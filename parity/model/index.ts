/** Differences between two answers, and their places. */
export type { Answers } from './answers.ts';
export { isJsonType, type Kind, kindOfMedia, type MessageFormat, messageFormatOf } from './body-format.ts';
export {
  ATTRIBUTES,
  type BodyDifference,
  type Difference,
  excerpt,
  type HeaderDifference,
  placeOf,
  type StatusDifference,
  why,
} from './difference.ts';
export { type Alike, Found, MAX_DIFFERENCES } from './difference-list.ts';
export type { Finding } from './finding.ts';
export { entriesBeside, generalPlace, generalPointer, placeOfSiblings, selectsOne } from './general-place.ts';
export { kindOfExcerpt } from './kind-of-excerpt.ts';
export { foldedName, isTimeName, nameOfPlace, wordsOf } from './name.ts';
export { within } from './nested-difference.ts';
export { childOf, nameOf, type Path, pointerTo } from './path.ts';
export { epochUnit, type Instant, instantOf, sameNotation, sameToTheCoarser } from './timestamp.ts';
export { isOfValues } from './value-causes.ts';
export { otherFormat, otherNumber } from './value-format.ts';
export {
  bytesVary,
  choicesVary,
  type Extent,
  extentsVary,
  isChoice,
  isExtent,
  isOfOtherSize,
  prefixOf,
} from './variation.ts';
export { haveSameWords, mayBeCodes } from './words.ts';
