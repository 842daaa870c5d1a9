/** Sentences about input that does not fit its schema; for whatever parses what people and other programs wrote. */
export { describeProblems, problemsOf, wordIssue } from './problems.ts';
