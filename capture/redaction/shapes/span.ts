/** Stretches of a text to remove, and the text without them. */

export interface Span {
  readonly start: number;
  readonly end: number;
  /** The place in the text, named alike on both sides; keys the hash. */
  readonly place: string;
  /** The value that is hashed, if the text only encodes it. */
  readonly value?: string;
  /** Whether the value had no quotation marks and its hash needs them. */
  readonly bare?: boolean;
}

/** The hash that stands for a value at a place. */
export type Seal = (place: string, value: string) => string;

export interface RedactedText {
  readonly text: string;
  /** How many values were removed. */
  readonly count: number;
}

/** Where spans overlap, the longest one that begins first wins, extended to the end of the last. */
export function redacted(text: string, spans: readonly Span[], seal: Seal): RedactedText {
  const parts: string[] = [];
  let from = 0;
  const merged = merge(spans);
  for (const { start, end, place, value, bare } of merged) {
    const hash = seal(place, value ?? text.slice(start, end));
    parts.push(text.slice(from, start), bare === true ? `"${hash}"` : hash);
    from = end;
  }
  return merged.length === 0 ? { text, count: 0 } : { text: parts.join('') + text.slice(from), count: merged.length };
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (span.end <= span.start) continue;
    if (last === undefined || span.start >= last.end) merged.push(span);
    else if (span.end > last.end) {
      const { start, place, bare } = last;
      merged[merged.length - 1] = { start, end: span.end, place, ...(bare === undefined ? {} : { bare }) };
    }
  }
  return merged;
}

/** Shifts spans of a part of a text by `offset`, where the part begins. */
export const shifted =
  (offset: number) =>
  (span: Span): Span => ({ ...span, start: span.start + offset, end: span.end + offset });

/** Prefixes the places of spans with the place of the part that they belong to. */
export const spansBelow =
  (place: string) =>
  (span: Span): Span => ({ ...span, place: `${place}/${span.place}` });

/** Appends many elements; `push(...more)` would exceed the limit of arguments. */
export function addAll(spans: Span[], more: readonly Span[]): void {
  for (const span of more) spans.push(span);
}
