/** Which cause a difference has. */
export { explained } from './request-cause.ts';
export { causeInQuery, type RequestShape, shapeOf } from './request-shape.ts';
export { explainStrings } from './strings.ts';
export { explainAdded, explainMissing, explainValues } from './values.ts';
