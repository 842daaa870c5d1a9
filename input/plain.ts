/** Text from outside (paths, comments, reasons, header values, what a service answered): it must not steer the terminal. */

/** Control characters, invisible format characters such as those that turn the writing direction, and line separators. */
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of text from outside: what would steer the terminal is replaced. */
export function plain(text: string): string {
  return text.replace(STEERING, '\u{fffd}');
}

/** Text of several lines, each as {@link plain} has it. */
export function plainLines(text: string): string {
  return text.split('\n').map(plain).join('\n');
}

/** JSON for a script or a person: an equal document in which nothing steers the terminal that shows it. */
export function plainJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
