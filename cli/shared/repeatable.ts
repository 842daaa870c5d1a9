/** For commander: an option that may be given several times. */
export function repeatable(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
