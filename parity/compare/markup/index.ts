/** Documents as tokens that are equal if they mean the same, however they are written. */
export { kindOfNode, labelsOf } from './siblings.ts';
export type { MarkupToken } from './token.ts';
export { tokensOfMarkup, type UnreadableMarkup } from './tokens.ts';
export { type MarkupNode, treesOf } from './tree.ts';
