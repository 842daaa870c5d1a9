/** Compares the two answers of a capture. */
export { shortestEditOf } from './align/index.ts';
export { type Compare, type CompareOptions, type Comparison, compareRecord, totalMs, verdictOf } from './record.ts';
