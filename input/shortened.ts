/** Texts that come in whole, from people and other programs, where only so much of one, or so many of them, have room. */

/**
 * At most so many characters of a text, the last of them a mark where it was longer; no character of two units is torn.
 */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** At most so many names, and how many more there are. */
export function listed(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more <= 0 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${more} more`;
}
