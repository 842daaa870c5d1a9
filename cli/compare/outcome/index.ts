/** The comparer of the commands, how far it is, and what it comes to: exit code, text, JSON and report. */
export { compareOptions, comparer, notesOn } from './comparer.ts';
export { deliver } from './deliver.ts';
export { comparedSoFar, type ReadingProgress, readingProgress } from './progress.ts';
