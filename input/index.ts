/** Sentences about input that does not fit its schema; for whatever parses what people and other programs wrote. */
export { describeProblems, type Problem, problemsOf, wordIssue } from './problems.ts';
