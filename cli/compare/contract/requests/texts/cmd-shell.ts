/** Commands that browsers copy for cmd.exe, which uses carets as escapes. */

export function isOfWindows(command: string): boolean {
  return /^curl(?:\.exe)?\s+\^?"/.test(command) && /\^["\r\n]|\^$/.test(command);
}

/**
 * The text that cmd.exe passes to the program: a caret removes the meaning of the next character, and two line ends
 * become one.
 */
export function unescapedCarets(command: string): string {
  return command
    .replaceAll(/\^\r?\n\r?\n/g, '\n')
    .replaceAll(/\^\r?\n/g, ' ')
    .replaceAll(/\^([\s\S])/g, '$1');
}
