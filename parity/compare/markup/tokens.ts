/** A document as tokens that mean the same whatever the white space, the quotes and the character references. */
import { tokensOfHtml } from './html.ts';
import type { MarkupToken } from './token.ts';
import { UnreadableMarkupError } from './unreadable.ts';
import { tokensOfXml } from './xml.ts';

/** Why a text could not be read as a document, for people. `malformed`: no parser of its format reads it. */
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
