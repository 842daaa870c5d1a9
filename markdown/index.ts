/** Markdown out of values. */
export { markdownCode, markdownTable } from './table.ts';
