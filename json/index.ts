/** JSON by its text: nothing is rounded, merged or reordered. */
export { type Decimal, decimalOf, isInteger, isWithin, isZero, powerOfTen, sameNumber } from './decimal.ts';
export {
  after,
  elementsOf,
  endOf,
  isEmpty,
  type JsonDoc,
  type JsonKind,
  keysOf,
  kindOf,
  kindOfToken,
  memberOf,
  type Node,
  pointerOf,
  ROOT,
  rawOf,
  STRIDE,
  startOf,
  stringOf,
} from './document.ts';
export { MAX_DEPTH, SameMeaning, sharedEnds } from './equivalence.ts';
export { JsonHashes } from './hash.ts';
export { jsonText } from './json-text.ts';
export { type MemberPairs, pairMembers } from './members.ts';
export { type Spacing, spaceWriting } from './notation.ts';
export { retelling } from './one-pass.ts';
export { readJson, textOf } from './read-json.ts';
export { isJson, tokenize } from './tokenizer.ts';
