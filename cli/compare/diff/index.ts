/** Comparison of recorded answers, from a command's inputs to their tally. */
export { diffInputs } from './diff-inputs.ts';
export { runDiff, sourcesOf } from './run.ts';
export { type Suggestion, suggestFrom } from './suggest.ts';
