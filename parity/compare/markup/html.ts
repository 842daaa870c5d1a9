/** Reads HTML as browsers do. */
import { Parser } from 'htmlparser2';
import { asRendered } from './space.ts';
import type { MarkupToken } from './token.ts';
import { instruction, TokenList } from './token-list.ts';

/** Elements in which white space counts. */
const VERBATIM = new Set(['pre', 'textarea', 'script', 'style']);

/**
 * @throws UnreadableMarkupError if the document is nested too deeply or has too many elements to be compared in bounded
 * time
 */
export function tokensOfHtml(source: string): MarkupToken[] {
  const tokens = new TokenList();
  let verbatim = 0;
  const parser = new Parser({
    onattribute() {
      tokens.attribute();
    },
    onopentag(name, attributes) {
      tokens.add({ kind: 'open', name, means: name, attributes: attributesOf(attributes) });
      if (VERBATIM.has(name)) verbatim++;
    },
    onclosetag(name) {
      tokens.add({ kind: 'close', name, means: name });
      if (VERBATIM.has(name)) verbatim--;
    },
    ontext(text) {
      tokens.text(text, verbatim > 0);
    },
    oncomment(text) {
      if (SPEAKS.test(text)) tokens.add({ kind: 'other', text: `<!--${text.trim()}-->` });
    },
    onprocessinginstruction(_name, text) {
      tokens.add(instruction(text));
    },
  });
  parser.end(source);
  // A tag without an end displays nothing in a browser, but shows that the document was cut there.
  const cut = source.slice(parser.startIndex);
  if (cut !== '') tokens.add({ kind: 'other', text: cut });
  return asRendered(tokens.all());
}

/**
 * Comments that programs read: those of servers and caches, and hydration markers. Comments in words are for people.
 */
const SPEAKS = /^\s*(?:$|[^\p{L}\p{N}\s]|\/?(?:ko|esi|lit|ng\w*|v-\w+)\b)/iu;

function attributesOf(attributes: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(attributes).map(([name, value]) => [name, meantBy(name, value)]));
}

function meantBy(name: string, value: string): string {
  if (TOKENS.has(name)) return tokensIn(name === 'class' ? value : value.toLowerCase());
  if (name === 'style') return declarationsIn(value);
  if (FOLDED.has(name)) return value.trim().toLowerCase();
  return BOOLEAN.has(name) && value.toLowerCase() === name ? '' : value;
}

/** Attributes that hold a set of tokens (HTML standard, 2.3.7), of which `class` alone has a case. */
const TOKENS = new Set(['class', 'rel', 'sandbox']);

const tokensIn = (value: string) => [...new Set(value.split(/[\t\n\f\r ]+/))].sort().join(' ').trim();

/** CSS declarations in order, without the white space between them. A style with quotes or brackets is not split. */
function declarationsIn(style: string): string {
  if (/["'()\\]/.test(style)) return style;
  return style
    .split(';')
    .map((declaration) => {
      const [property = '', ...value] = declaration.split(':');
      return [property.trim().toLowerCase(), ...value.map((part) => part.trim().replaceAll(/\s+/g, ' '))].join(':');
    })
    .filter((declaration) => declaration !== '')
    .join(';');
}

/**
 * Attributes whose values are case-insensitive (HTML standard, "Keywords and enumerated attributes"; RFC 5646, 2.1.1;
 * WHATWG Encoding, 4.2).
 */
const FOLDED = new Set(
  'accept-charset autocapitalize charset contenteditable crossorigin decoding dir draggable enctype enterkeyhint fetchpriority formenctype formmethod http-equiv hreflang inputmode kind lang loading method preload referrerpolicy scope shape spellcheck translate wrap'.split(
    ' ',
  ),
);

/** Attributes of which only the presence counts (HTML standard, "Boolean attributes"). */
const BOOLEAN = new Set(
  'allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate inert ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected'.split(
    ' ',
  ),
);
