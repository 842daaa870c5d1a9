/** Documents as tokens that mean the same, however they are written. */
export type { MarkupToken } from './token.ts';
export { tokensOfMarkup, type UnreadableMarkup } from './tokens.ts';
