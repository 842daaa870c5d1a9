/** Words for what is wrong with input that people and other programs wrote, and with what was thrown. */
export { plain, plainJson, plainLines } from './plain.ts';
export { describeProblems, problemsOf, wordIssue } from './problems.ts';
export { shortened } from './shortened.ts';
export { asError, codeOf } from './thrown.ts';
