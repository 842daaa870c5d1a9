/** A value in all the forms in which an answer may contain it. */

/** A shorter value may be part of any word, so it counts only as a whole word. */
const LONG = 6;

/** Characters as URLs, JSON, HTML and forms write them, as a whole word. */
export function valuePattern(value: string): RegExp {
  return new RegExp(asWord(value), 'gu');
}

/** The same, also within words, in Base64 and in hexadecimal. */
export function secretPattern(secret: string): RegExp {
  const whole = secret.length < LONG ? asWord(secret) : [...secret].map(spellings).join('');
  const bytes = Buffer.from(secret);
  const encoded = secret.length < LONG ? [] : [...base64Of(bytes), inEitherCase(bytes.toString('hex'))];
  return new RegExp([whole, ...encoded].join('|'), 'gu');
}

function asWord(value: string): string {
  return `(?<![\\w-])${[...value].map(spellings).join('')}(?![\\w-])`;
}

function spellings(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const percent = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const units = Array.from({ length: character.length }, (_, i) =>
    character.charCodeAt(i).toString(16).padStart(4, '0'),
  );
  const others = [
    inEitherCase(percent),
    units.map((unit) => `\\\\u${inEitherCase(unit)}`).join(''),
    `&#0*${code};`,
    `&#[xX]0*${inEitherCase(code.toString(16))};`,
    ...(ABBREVIATED[character] ?? []),
  ];
  // Longest first, because `&amp;` must not match as `&`.
  return `(?:${[...others, `\\\\?${escaped(character)}`].join('|')})`;
}

const ABBREVIATED: Readonly<Record<string, readonly string[]>> = {
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '"': ['&quot;'],
  "'": ['&apos;'],
  ' ': ['\\+'],
  '\n': ['\\\\n'],
  '\r': ['\\\\r'],
  '\t': ['\\\\t'],
  '\b': ['\\\\b'],
  '\f': ['\\\\f'],
};

/** As part of a longer Base64 text: at each of three offsets, without the digits that contain neighbouring bytes. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return [...text.slice(from, to)].map((digit) => (digit === '+' ? '[+-]' : digit === '/' ? '[/_]' : digit)).join('');
  });
}

/** Hexadecimal digits in either case. */
function inEitherCase(digits: string): string {
  return digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
