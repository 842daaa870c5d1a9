/** Wording for problems with input from people and other programs, and for thrown values. */

export { plain, plainJson, plainLines } from './plain.ts';
export { describeProblems, problemsOf, wordIssue } from './problems.ts';
export { quantity } from './quantity.ts';
export { listed, shortened } from './shortened.ts';
export { asError, codeOf } from './thrown.ts';
