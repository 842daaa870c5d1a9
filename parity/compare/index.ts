/** One capture, compared. */
export { type Compare, type CompareOptions, type Comparison, compareRecord, totalMs } from './record.ts';
