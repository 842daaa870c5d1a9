/** Determines the cause of a difference. */
export { envelopeAmong, renamed } from './envelope.ts';
export { areEntries, type Member, otherIds } from './map-entries.ts';
export { isMadeAnew, ofItsOwn } from './own-value.ts';
export { swappedAmong, turnedIn } from './relations.ts';
export { explained } from './request-cause.ts';
export { causeInQuery, type RequestShape, shapeOf } from './request-shape.ts';
export { explainStrings } from './strings.ts';
export { explainAdded, explainMissing, explainValues } from './values.ts';
