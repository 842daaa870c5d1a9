/** Files with recorded answers: found, decompressed, cut into pieces, and read line by line. */
export { eachCapture } from './each-capture.ts';
export { harEntrySchema, isOtherProtocol, legLineOf } from './har.ts';
export { findInputs, type Input, STDIN, unfoldedBytes } from './inputs.ts';
export {
  headerNames,
  LEG_LOG_FORMAT,
  type LegLine,
  type LegNames,
  legLineSchema,
  legNameOf,
  namesOf,
  urlKey,
} from './leg-log.ts';
export { openInput } from './open-input.ts';
export { firstProblem, parseLine } from './parse-line.ts';
export { piecesOf } from './pieces.ts';
