/** What is kept of an exchange: sampled, redacted, written as captures and read again. */
export { BodySample, type RawBody, type SamplePolicy } from './body-sample.ts';
export { ObservedLeg, type RawLeg } from './leg.ts';
export { cutAtLines, eachLine, LIMITS, type Piece, type TooLong, tooLong } from './ndjson.ts';
export { otherSide, Pair, type RawPair, type Side, sizeOf } from './pair.ts';
export { RecordMaker, type RecordRules } from './stored-record.ts';
export { decodeContent } from './zlib-decoder.ts';
