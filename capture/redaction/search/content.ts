/**
 * Finds secrets in the text of a body by the notation that it declares or appears to have, and as plain text if it has
 * none.
 */
import type { MediaType } from '../../../http/index.ts';
import { parseMediaType } from '../../../http/index.ts';
import { tokenize } from '../../../json/index.ts';
import { addAll, type Span, shifted } from '../shapes/index.ts';
import { secretLines } from './assignments.ts';
import { secretColumns } from './columns.ts';
import { EncodedText } from './encoded-text.ts';
import { looksLikeForm, secretParameters } from './form.ts';
import { JsonSecrets } from './json.ts';
import { looksLikeMarkup, secretsInMarkup } from './markup.ts';
import { boundaryOf, secretsInMultipart } from './multipart.ts';
import { tokensInPath } from './paths.ts';
import { looksMade } from './prose.ts';
import { namesInContext } from './secret-names.ts';
import type { TextSearch } from './text.ts';

/** Text within text, such as JSON in a JSON string, is parsed up to this depth, and searched as plain text below it. */
const DEEPEST = 4;
/** A byte order mark, white space, and prefixes that keep JSON from being executed as a script. */
const BEFORE_JSON = /^\uFEFF?\s{0,64}(?:\)\]\}'?,?|while\s?\(1\);|for\s?\(;;\);)?\s*/;
/** Prefixes of a line of JSON: a server-sent event field, or a record separator (RFC 7464). */
const BEFORE_LINE = new RegExp(`^(?:\\s*data:|${String.fromCharCode(0x1e)})?\\s*`);

/** A path-only reference. */
const PATH = /^\/[^\s"'<>]{8,2000}$/;
/** A server-sent event with a name and a single data line. */
const NAMED_EVENT = /^event:[ ]?([\w.-]{1,60})\r?\ndata:[ ]?(\S{4,2000})$/gm;
/** Two or more data lines of one server-sent event. */
const EVENT = /^data:.*(?:\r?\ndata:.*)+/gm;

export class ContentSearch {
  readonly #text: TextSearch;
  readonly #json: JsonSecrets;
  /** Matches text that mentions a place which a pointer names; null if a pointer ends in `*`. */
  readonly #mention: RegExp | null;
  readonly #hasPointers: boolean;

  constructor(text: TextSearch, pointers: readonly string[]) {
    this.#text = text;
    this.#json = new JsonSecrets(text.names, pointers);
    const last = pointers.map((pointer) => pointer.slice(pointer.lastIndexOf('/') + 1));
    this.#hasPointers = pointers.length > 0;
    this.#mention = last.some((name) => name.startsWith('*'))
      ? null
      : new RegExp(last.map((name) => name.replace(/[^\w]/g, '\\$&')).join('|'));
  }

  /**
   * Null if the text cannot be searched: parts within parts go too deep, or the service has pointers that cannot be
   * followed in it.
   */
  spans(text: string, { type, parameters }: MediaType, depth = 0): Span[] | null {
    const boundary =
      type.startsWith('multipart/') || text.startsWith('--') ? boundaryOf(text, parameters.get('boundary')) : null;
    if (boundary !== null) {
      if (depth >= DEEPEST) return null;
      const inner = (content: string, partType: string) => this.spans(content, parseMediaType(partType), depth + 1);
      return secretsInMultipart(text, boundary, this.#text, inner);
    }
    // JSON is tried before forms, because many clients label every body as a form.
    const more = namesInContext(text);
    const whole = this.#whole(text, 0, more);
    if (whole !== null) return whole;
    const isForm = type === 'application/x-www-form-urlencoded';
    if (isForm && !looksLikeMarkup(text))
      return secretParameters(text, this.#text.names, (value, more) => this.#within(value, 1, more));
    const columns = secretColumns(text, type, this.#text.names).concat(secretLines(text, type, this.#text.names));
    const { spans, json } = this.#lines(text, more);
    const unread = this.#hasPointers && !json && (/[/+]json$/.test(type) || /^[\s\uFEFF]*[[{]/.test(text));
    if (unread && (this.#mention === null || this.#mention.test(text))) return null;
    return spans.concat(columns, this.#events(text), this.#within(text, DEEPEST, more));
  }

  /** Searches a part of a text, such as a string or the value of a parameter. */
  #within(text: string, depth: number, more?: ReadonlySet<string>): Span[] {
    const whole = depth < DEEPEST ? this.#whole(text, depth, more) : null;
    if (whole !== null) return whole;
    const { names } = this.#text;
    const spans = this.#text.spans(text, more);
    const boundary = depth < DEEPEST && text.startsWith('--') ? boundaryOf(text, undefined) : null;
    if (boundary !== null) {
      const inner = (content: string) => this.#within(content, depth + 1, more);
      const all = [{ start: 0, end: text.length, place: 'multipart' }];
      addAll(spans, secretsInMultipart(text, boundary, this.#text, inner) ?? all);
    }
    if (looksLikeMarkup(text))
      addAll(spans, secretsInMarkup(text, names, !/<(?:!doctype )?html\b/i.test(text.slice(0, 1_000))));
    // A message that stands in another's element.
    if (/&lt;[A-Za-z]/.test(text)) {
      const said = EncodedText.entities(text);
      addAll(spans, said.written(secretsInMarkup(said.text, names, true)));
    }
    if (PATH.test(text)) addAll(spans, tokensInPath(text, names));
    if (looksLikeForm(text))
      addAll(
        spans,
        secretParameters(text, names, () => []),
      );
    return spans;
  }

  #whole(text: string, depth: number, more?: ReadonlySet<string>): Span[] | null {
    const start = BEFORE_JSON.exec(text)?.[0].length ?? 0;
    return /[[{"]/.test(text[start] ?? '') ? this.#document(text.slice(start), depth, start, more) : null;
  }

  #document(text: string, depth: number, offset: number, more?: ReadonlySet<string>): Span[] | null {
    const doc = tokenize(text);
    if (doc === undefined) return null;
    return this.#json.spans(doc, (said, names) => this.#within(said, depth + 1, names), more).map(shifted(offset));
  }

  /** Searches server-sent events whose data spans several lines. */
  #events(text: string): Span[] {
    const named = [...text.matchAll(NAMED_EVENT)].flatMap(({ index, 0: all, 1: name = '', 2: said = '' }) => {
      const end = index + all.length;
      const isSecret = this.#text.names.of(name) === 'secret' && looksMade(said);
      return isSecret ? [{ start: end - said.length, end, place: 'event' }] : [];
    });
    return named.concat(
      [...text.matchAll(EVENT)].flatMap(({ index, 0: lines }) => {
        const said = EncodedText.eventData(text, index, index + lines.length);
        return said.written(this.#within(said.text, 1));
      }),
    );
  }

  /** Searches NDJSON, JSON sequences and server-sent events line by line. */
  #lines(text: string, more?: ReadonlySet<string>): { spans: Span[]; json: boolean } {
    const spans: Span[] = [];
    let json = false;
    for (let start = 0; start < text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      const line = text.slice(start, end);
      const before = BEFORE_LINE.exec(line)?.[0].length ?? 0;
      const found = /[[{]/.test(line[before] ?? '')
        ? this.#document(line.slice(before), 0, start + before, more)
        : null;
      if (found !== null) {
        json = true;
        addAll(spans, found);
      }
      start = end + 1;
    }
    return { spans, json };
  }
}
