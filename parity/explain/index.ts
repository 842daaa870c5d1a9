/** Determines the cause of a difference. */
export { isMadeAnew, ofItsOwn } from './own-value.ts';
export { explained } from './request-cause.ts';
export { causeInQuery, type RequestShape, shapeOf } from './request-shape.ts';
export { explainStrings } from './strings.ts';
export { explainAdded, explainMissing, explainValues } from './values.ts';
