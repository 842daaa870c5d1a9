/** One capture, compared. */
export { shortestEditOf } from './align/index.ts';
export { type Compare, type CompareOptions, type Comparison, compareRecord, totalMs, verdictOf } from './record.ts';
