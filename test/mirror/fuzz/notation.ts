/**
 * What requests and answers have in common: tags, bodies, chunks, and the mutations of a fuzzer. Text is latin1: each
 * character is one byte.
 */
import fc from 'fast-check';

/** Placeholder in all texts for the conversation's own tag, which has the same length. */
export const TAG = 'tag-000000';
/** Marks bytes beyond an answer's end, which no client may ever receive. */
export const STOWAWAY = `${TAG}-77`;

export const tag = (n: number) => `${TAG}-0${n}`;
export const text = fc.string({ unit: fc.constantFrom(...'abcxyz 0159{}":,%-'), maxLength: 40 });
export const size = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 20_000, 70_000) },
);

/** Cuts the text anywhere, even between CR and LF. */
export function inPieces(whole: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc
    .tuple(whole, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }))
    .map(([sent, shares]) => {
      const cuts = [...new Set(shares.map((share) => Math.floor(share * sent.length)))].sort((a, b) => a - b);
      return [...cuts, sent.length].map((cut, i) => sent.slice(cuts[i - 1] ?? 0, cut)).filter((piece) => piece !== '');
    });
}

/** Mutates bytes as a fuzzer does: cuts, doubles, flips or inserts them. */
export function mutated(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const spices = [
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    ',',
    '\r\n',
    '\r\n\r\n',
    '0',
    'f',
    '\xff',
    ';',
    'chunked',
    '\u0001',
  ];
  const change = fc.record({
    kind: fc.constantFrom('out', 'twice', 'flip', 'in', 'swap'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 12 }),
    spice: fc.constantFrom(...spices),
  });
  return fc.tuple(whole, fc.array(change, { minLength: 1, maxLength: 3 })).map(([sent, changes]) =>
    changes.reduce((now, { kind, at, length, spice }) => {
      const from = Math.floor(at * now.length);
      const [before, part, rest] = [now.slice(0, from), now.slice(from, from + length), now.slice(from + length)];
      if (kind === 'out') return before + rest;
      if (kind === 'twice') return before + part + part + rest;
      if (kind === 'in') return before + spice + part + rest;
      if (kind === 'swap') return before + spice + rest;
      return before + String.fromCharCode((now.charCodeAt(from) || 0) ^ (1 << (length % 8))) + now.slice(from + 1);
    }, sent),
  );
}

export const chunked = (body: string, extension = '', trailers = '') =>
  `${body === '' ? '' : `${body.length.toString(16)}${extension}\r\n${body}\r\n`}0\r\n${trailers}\r\n`;

export const extension = fc.constantFrom('', ';a', ';a=b', ';q="x"');
export const trailers = fc.constantFrom('', 'X-Sum: 7\r\n', 'X-Sum: 7\r\nX-Other: \xe9\r\n');
