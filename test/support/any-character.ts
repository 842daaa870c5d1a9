/**
 * Arbitrary of any character except half a surrogate pair, for `fc.string({ unit: anyCharacter })`. It yields the same
 * characters as `unit: 'binary'`, which builds a map of a million characters for each arbitrary made with it.
 */
import fc from 'fast-check';

const [FIRST_SURROGATE, SURROGATES, LAST] = [0xd800, 0x800, 0x10ffff];

export const anyCharacter = fc.integer({ min: 0, max: LAST - SURROGATES }).map(
  (n) => String.fromCodePoint(n < FIRST_SURROGATE ? n : n + SURROGATES),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) throw new RangeError('no single character');
    return code < FIRST_SURROGATE ? code : code - SURROGATES;
  },
);
