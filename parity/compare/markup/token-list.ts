/** The tokens of a document as a parser hands them over, within bounds: text in one piece, no deep nesting, not too many. */
import type { MarkupToken } from './token.ts';
import { UnreadableMarkupError } from './unreadable.ts';

/**
 * Parsers look through the open elements at some tags, so that time grows with depth. Browsers nest no deeper (Blink's
 * kMaximumHTMLParserDOMTreeDepth).
 */
const MAX_NESTING = 512;
/** Beyond these a document costs more than a second; of usual markup they are ten megabytes. */
const MAX_TOKENS = 400_000;

/** More attributes than that of one element. */
const MAX_ATTRIBUTES = 10_000;

export class TokenList {
  #attributes = 0;
  readonly #tokens: MarkupToken[] = [];
  #depth = 0;
  #text = '';
  #verbatim = false;

  /** One more of the element that comes next. @throws UnreadableMarkupError */
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

/** A doctype or a processing instruction, whatever its case and white space. */
export function instruction(text: string): MarkupToken {
  return { kind: 'other', text: `<${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()}>` };
}
