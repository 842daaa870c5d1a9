/** The two values of a difference, as far as its excerpts show them. */
import { type JsonKind, kindOfToken } from '../../json/index.ts';
import type { Side } from '../../sides/index.ts';
import { entryOf } from '../causes/index.ts';
import type { Difference } from '../model/index.ts';

/** The JSON type; `text` if the difference is not within JSON. */
export type SeenKind = JsonKind | 'text';

export interface Seen {
  readonly kind: SeenKind;
  /** The content of a string, or otherwise the source; only the beginning if it is longer than an excerpt. */
  readonly text: string;
}

/** Returns null if the side has no value there. */
export function seenIn(difference: Difference, side: Side): Seen | null {
  const value = difference[side];
  if (value === null) return null;
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (difference.in !== 'body' || entryOf(difference.cause).ofText === true)
    return { kind: 'text', text: value.endsWith('…') ? value.slice(0, -1) : value };
  const kind = kindOfToken(value.charAt(0));
  return { kind, text: kind === 'string' ? saidBy(value) : value };
}

/** @param excerpt a string token, or the beginning of one followed by an ellipsis */
function saidBy(excerpt: string): string {
  try {
    const said: unknown = JSON.parse(excerpt);
    return typeof said === 'string' ? said : excerpt;
  } catch {
    return excerpt.slice(1, -1);
  }
}
