/** Comparison of recorded answers: inputs, threads and output. */
export { compareOptions, comparer, notesOn } from './comparer.ts';
export { deliver } from './deliver.ts';
export { diffInputs } from './diff-inputs.ts';
export { harEntrySchema, legLineOf } from './har.ts';
export { findInputs, type Input } from './inputs.ts';
export { LEG_LOG_FORMAT, type LegLine, legLineSchema, legNameOf } from './leg-log.ts';
export { openInput } from './open-input.ts';
export { firstProblem, parseLine } from './parse-line.ts';
export { comparedSoFar, type ReadingProgress, readingProgress } from './progress.ts';
export { runDiff, sourcesOf } from './run.ts';
export { type Suggestion, suggestFrom } from './suggest.ts';
