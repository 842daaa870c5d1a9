/** The meaning of header fields, however they are written, and the consequences if they are missing or changed. */
export { isKeptCoded } from './caching.ts';
export { writtenAlike } from './field-grammar.ts';
export { type FieldChange, meaningOf } from './meaning.ts';
export { isRefusedCoding } from './refused-coding.ts';
export { tokensOf } from './token-set.ts';
