/** Markdown from values. */
export { markdownCode, markdownTable } from './table.ts';
