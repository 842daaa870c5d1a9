/** Collects the tokens that a parser emits, within bounds: text in one piece, limited nesting, limited number. */
import type { MarkupToken } from './token.ts';
import { UnreadableMarkupError } from './unreadable.ts';

/**
 * For some tags, parsers search the open elements, so time grows with depth. Browsers limit the depth, too (Blink's
 * kMaximumHTMLParserDOMTreeDepth).
 */
const MAX_NESTING = 512;
/** A document with more tokens takes longer than a second. Of typical markup, this many are ten megabytes. */
const MAX_TOKENS = 400_000;

/** The limit of attributes of one element. */
const MAX_ATTRIBUTES = 10_000;

export class TokenList {
  #attributes = 0;
  readonly #tokens: MarkupToken[] = [];
  #depth = 0;
  #text = '';
  #verbatim = false;

  /** Counts an attribute of the next element. @throws UnreadableMarkupError */
  attribute(): void {
    if (++this.#attributes > MAX_ATTRIBUTES) throw new UnreadableMarkupError(false, 'too many attributes');
  }

  /** @throws UnreadableMarkupError */
  add(token: MarkupToken): void {
    this.#flush();
    this.#attributes = 0;
    if (token.kind === 'open' && ++this.#depth > MAX_NESTING)
      throw new UnreadableMarkupError(false, 'nested too deeply');
    if (token.kind === 'close') this.#depth--;
    if (this.#tokens.push(token) > MAX_TOKENS) throw new UnreadableMarkupError(false, 'too many elements');
  }

  text(text: string, verbatim: boolean): void {
    this.#text += text;
    this.#verbatim ||= verbatim;
  }

  all(): readonly MarkupToken[] {
    this.#flush();
    return this.#tokens;
  }

  #flush(): void {
    if (this.#text !== '') this.#tokens.push({ kind: 'text', text: this.#text, verbatim: this.#verbatim });
    [this.#text, this.#verbatim] = ['', false];
  }
}

/** Normalises the case and the white space of a doctype or a processing instruction. */
export function instruction(text: string): MarkupToken {
  return { kind: 'other', text: `<${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()}>` };
}
