/** Text from outside (paths, comments, reasons, header values, answers of services) must not control the terminal. */

/**
 * Control characters, invisible format characters such as those that reverse the writing direction, and line
 * separators.
 */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of text from outside, with characters that control the terminal replaced. */
export function plain(text: string): string {
  return text.replace(STEERING, '\u{fffd}');
}

/** Several lines of text, each treated as in {@link plain}. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** JSON for a script or a person: an equivalent document without characters that control the terminal. */
export function plainJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
