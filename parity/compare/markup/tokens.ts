/** A document as tokens that do not depend on white space, quotes and character references. */
import { tokensOfHtml } from './html.ts';
import type { MarkupToken } from './token.ts';
import { UnreadableMarkupError } from './unreadable.ts';
import { tokensOfXml } from './xml.ts';

/** Explains why a text could not be read as a document. `malformed`: no parser of its format accepts it. */
export interface UnreadableMarkup {
  readonly malformed: boolean;
  readonly reason: string;
}

export function tokensOfMarkup(source: string, xml: boolean): MarkupToken[] | UnreadableMarkup {
  const text = source.replace(/^\uFEFF/, '');
  try {
    return xml ? tokensOfXml(text) : tokensOfHtml(text);
  } catch (error) {
    if (error instanceof UnreadableMarkupError) return { malformed: error.malformed, reason: error.message };
    throw error;
  }
}
