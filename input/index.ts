/** Sentences about input that does not fit its schema; for whatever parses what people and other programs wrote. */
export { plain, plainJson, plainLines } from './plain.ts';
export { describeProblems, problemsOf, wordIssue } from './problems.ts';
