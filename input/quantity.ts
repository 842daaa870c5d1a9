/** `1 capture`, `2 captures`: for nouns whose plural has an s. */
export function quantity(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
