/** A document as tokens that mean the same whatever the white space, the quotes and the character references. */
import { Parser } from 'htmlparser2';

export type MarkupToken =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Comments, doctype and processing instructions. */
  | { readonly kind: 'other'; readonly text: string };

/** In these, white space counts. */
const VERBATIM = new Set(['pre', 'textarea', 'script', 'style']);

export function tokensOfMarkup(source: string, xml: boolean): MarkupToken[] {
  const tokens: MarkupToken[] = [];
  let [pending, verbatim] = ['', 0];
  const flush = () => {
    const text = verbatim > 0 ? pending : pending.replaceAll(/\s+/g, ' ').trim();
    if (text !== '') tokens.push({ kind: 'text', text });
    pending = '';
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        flush();
        if (VERBATIM.has(name)) verbatim++;
        tokens.push({ kind: 'open', name, attributes: new Map(Object.entries(attributes)) });
      },
      onclosetag(name) {
        flush();
        if (VERBATIM.has(name)) verbatim--;
        tokens.push({ kind: 'close', name });
      },
      ontext(text) {
        pending += text;
      },
      oncomment(text) {
        flush();
        tokens.push({ kind: 'other', text: `<!--${text.trim()}-->` });
      },
      onprocessinginstruction(_name, text) {
        flush();
        tokens.push({ kind: 'other', text: `<${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()}>` });
      },
    },
    { xmlMode: xml },
  );
  parser.end(source);
  flush();
  return tokens;
}
