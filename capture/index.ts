/** Sampling, redaction, writing and reading of captured exchanges. */
export { ObservedLeg, type RawLeg } from './leg.ts';
export { cutAtLines, eachLine, LIMITS, type Piece, type TooLong, tooLong } from './ndjson.ts';
export {
  bodiesOf,
  type CustomerRequest,
  discardBodies,
  type RawCapture,
  sizeOf,
} from './raw-capture.ts';
export { RecordMaker, type RecordRules } from './stored-record.ts';
