/** Stretches of a text that go, and the text without them. */

export interface Span {
  readonly start: number;
  readonly end: number;
  /** Which place of the text it is, as both sides name it; keys the hash. */
  readonly place: string;
  /** What is hashed, where the text only encodes it. */
  readonly value?: string;
  /** It stood without quotes where its hash needs them. */
  readonly bare?: boolean;
}

/** The hash that stands for a value at a place. */
export type Seal = (place: string, value: string) => string;

export interface RedactedText {
  readonly text: string;
  /** How many values have gone. */
  readonly count: number;
}

/** Where spans overlap, the first of the longest wins and reaches to the end of the last. */
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

/** For spans of a part of a text, which begins at `offset`. */
export const shifted =
  (offset: number) =>
  (span: Span): Span => ({ ...span, start: span.start + offset, end: span.end + offset });

/** For spans of a part of a text that has a place of its own. */
export const spansBelow =
  (place: string) =>
  (span: Span): Span => ({ ...span, place: `${place}/${span.place}` });

/** Adds as many as there are: a call takes only so many arguments. */
export function addAll(spans: Span[], more: readonly Span[]): void {
  for (const span of more) spans.push(span);
}
