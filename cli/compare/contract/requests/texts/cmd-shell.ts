/** Commands as browsers copy them for cmd.exe, which escapes by carets. */

export function isOfWindows(command: string): boolean {
  return /^curl(?:\.exe)?\s+\^?"/.test(command) && /\^["\r\n]|\^$/.test(command);
}

/** What cmd.exe hands to the program: a caret takes its meaning from the character behind it, and two line ends are one. */
export function unescapedCarets(command: string): string {
  return command
    .replaceAll(/\^\r?\n\r?\n/g, '\n')
    .replaceAll(/\^\r?\n/g, ' ')
    .replaceAll(/\^([\s\S])/g, '$1');
}
