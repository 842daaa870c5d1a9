/** Pairs encoded text with its decoded form: the decoded form is searched, and the encoded form is redacted. */
import type { Span } from '../shapes/index.ts';

export class EncodedText {
  readonly text: string;
  /** For each character of `text`, its offset in the encoded form; null if both forms are identical. */
  readonly #offsets: Int32Array | null;
  readonly #start: number;

  private constructor(text: string, offsets: Int32Array | null, start: number) {
    this.text = text;
    this.#offsets = offsets;
    this.#start = start;
  }

  /** Percent-encoding (RFC 3986, 2.1), one character per byte; in a form, `+` is a space. */
  static percent(written: string, form: boolean): EncodedText {
    if (!written.includes('%') && !(form && written.includes('+'))) return new EncodedText(written, null, 0);
    return EncodedText.#read(0, written.length, (at) => {
      const c = written[at] ?? '';
      if (c === '+' && form) return [' ', 1];
      const hex = c === '%' ? written.slice(at + 1, at + 3) : '';
      return /^[\da-f]{2}$/i.test(hex) ? [String.fromCharCode(Number.parseInt(hex, 16)), 3] : [c, 1];
    });
  }

  /** The JSON string in `written` whose quotation marks are at `start` and just before `end`. */
  static jsonString(written: string, start: number, end: number): EncodedText {
    const raw = written.slice(start + 1, end - 1);
    if (!raw.includes('\\')) return new EncodedText(raw, null, start + 1);
    return EncodedText.#read(start + 1, end - 1, (at) => {
      const c = written[at] ?? '';
      if (c !== '\\') return [c, 1];
      const letter = written[at + 1] ?? '';
      if (letter !== 'u') return [ESCAPES[letter] ?? letter, 2];
      return [String.fromCharCode(Number.parseInt(written.slice(at + 2, at + 6), 16)), 6];
    });
  }

  /** XML and HTML within them, by the entities of their marks (XML 1.0, 4.6). */
  static entities(written: string): EncodedText {
    const entity = /&(lt|gt|amp|quot|apos);/y;
    return EncodedText.#read(0, written.length, (at) => {
      entity.lastIndex = at;
      const [all, name = ''] = (written[at] === '&' ? entity.exec(written) : null) ?? [written[at] ?? ''];
      return [ENTITIES[name] ?? all, all.length];
    });
  }

  /**
   * The data of a server-sent event with several `data:` lines (WHATWG HTML, 9.2.6), which stand between `start` and
   * `end`.
   */
  static eventData(written: string, start: number, end: number): EncodedText {
    const field = /(?<=^|\n)data: ?/y;
    return EncodedText.#read(start, end, (at) => {
      field.lastIndex = at;
      const name = field.exec(written)?.[0].length ?? 0;
      return [written[at + name] ?? '', name + 1];
    });
  }

  static #read(start: number, end: number, one: (at: number) => [string, number]): EncodedText {
    const parts: string[] = [];
    const offsets = new Int32Array(end - start + 1);
    let at = start;
    for (; at < end; ) {
      const [character, length] = one(at);
      offsets[parts.length] = at;
      parts.push(character);
      at += length;
    }
    offsets[parts.length] = end;
    return new EncodedText(parts.join(''), offsets, 0);
  }

  /** Converts spans of the decoded text to spans of the encoded text. */
  written(spans: readonly Span[]): Span[] {
    return spans.map((span) => ({
      ...span,
      start: this.#offset(span.start),
      end: this.#offset(span.end),
      value: span.value ?? this.text.slice(span.start, span.end),
    }));
  }

  #offset(at: number): number {
    return this.#offsets === null ? this.#start + at : (this.#offsets[at] ?? 0);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Also matches lines of equal length, as in mail (RFC 2045, 6.8). */
const RUN = /(?<![\w+/-])(?:(?:[\w+/-]{60,76}\r?\n)+[\w+/-]*|[\w+/-]{16,})={0,2}/g;
const HEX = /^(?:[\da-f]{2}){8,}$/i;
/**
 * How many characters of a run are examined to distinguish text from other bytes, and what share of them must be text.
 */
const HEAD = 64;
const READABLE = /[\t\n\r\x20-\x7e]/g;
const LEAST_READABLE = 0.95;

interface Run {
  readonly start: number;
  readonly end: number;
  /** UTF-16 with its zero bytes removed, so that ASCII is readable. */
  readonly said: string;
}

/**
 * Stretches of a text that encode text in base64, base64url or hexadecimal (RFC 4648, 4, 5 and 8), with their decoded
 * form.
 */
export function encodedRuns(text: string): Run[] {
  return [...text.matchAll(RUN)].flatMap(({ index: start, 0: run }) => {
    const head = bytesOf(run.slice(0, HEAD));
    if (head === null || (head.match(READABLE)?.length ?? 0) < LEAST_READABLE * head.length) return [];
    const said = run.length <= HEAD ? head : bytesOf(run);
    return said === null ? [] : [{ start, end: start + run.length, said }];
  });
}

/** Decodes a run, one character per byte; null if it is not base64. */
function bytesOf(run: string): string | null {
  if (HEX.test(run)) {
    const said = run.replace(/../g, (hex) => String.fromCharCode(Number.parseInt(hex, 16))).replaceAll('\0', '');
    if ((said.match(READABLE)?.length ?? 0) >= LEAST_READABLE * said.length) return said;
  }
  try {
    return atob(run.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')).replaceAll('\0', '');
  } catch {
    return null;
  }
}
