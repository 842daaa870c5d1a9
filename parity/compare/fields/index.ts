/** What header fields say, however they are written, and what it means to their readers that they go or change. */
export { writtenAlike } from './field-grammar.ts';
export { type FieldChange, meaningOf } from './meaning.ts';
export { isRefusedCoding } from './refused-coding.ts';
export { tokensOf } from './token-set.ts';
