/** A value in all the ways in which an answer may write it. */

/** A shorter one may be a part of any word, so that only the word itself counts. */
const LONG = 6;

/** Characters as URLs, JSON, HTML and forms write them; a word of its own. */
export function valuePattern(value: string): RegExp {
  return new RegExp(asWord(value), 'gu');
}

/** The same, also within words, as Base64 and as hexadecimal digits. */
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
    ...(ENTITIES[character] ?? []),
  ];
  // The longest first: what begins `&amp;` is no `&`.
  return `(?:${[...others, `\\\\?${escaped(character)}`].join('|')})`;
}

const ENTITIES: Readonly<Record<string, readonly string[]>> = {
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '"': ['&quot;'],
  "'": ['&apos;'],
  ' ': ['\\+'],
};

/** As a part of something longer: at each of its three places within four digits, without the digits that it shares. */
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

/** Of hexadecimal digits. */
function inEitherCase(digits: string): string {
  return digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
