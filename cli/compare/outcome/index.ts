/** The commands' comparer, its progress, and its outcome: exit code, text, JSON and report. */
export { readBaseline } from './baseline-file.ts';
export { compareOptions, comparer, type Decisions, notesOn } from './comparer.ts';
export { deliver } from './deliver.ts';
export { idleRoutes, idleRules } from './idle.ts';
export { type OutputOptions, outputsOf } from './outputs.ts';
export { comparedSoFar, type ReadingProgress, readingProgress } from './progress.ts';
