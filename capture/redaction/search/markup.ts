/**
 * Finds secrets in XML and HTML: text of elements and attributes, by their own names, by a `name` attribute, or by the
 * label before or above them.
 */
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { addAll, isRandom, type Span } from '../shapes/index.ts';
import { folded, lastWord, type SecretNames } from './secret-names.ts';

/**
 * Attributes that name the content of an element: `<input name="csrf" value="…">`, `<entry key="password">…</entry>`.
 */
const NAMING = new Set(['name', 'key', 'id', 'property', 'itemprop', 'field']);
const HOLDING = new Set(['value', 'content', 'data', 'val']);

/** Whether a text contains a tag. */
export function looksLikeMarkup(text: string): boolean {
  return /<[A-Za-z!?]/.test(text);
}

/** @param xml names are case-sensitive, and only CDATA hides tags */
export function secretsInMarkup(text: string, names: SecretNames, xml: boolean): Span[] {
  const reading = new MarkupReading(text, names, xml);
  const tokenizer = new Tokenizer({ xmlMode: xml, decodeEntities: false }, reading);
  tokenizer.write(text);
  tokenizer.end();
  return reading.spans;
}

class MarkupReading implements TokenizerCallbacks {
  readonly spans: Span[] = [];
  readonly #text: string;
  readonly #names: SecretNames;
  readonly #xml: boolean;
  /** How many elements are open within the outermost secret one; 0 outside of any. */
  #within = 0;
  #tag = '';
  #secretTag = false;
  #attribute = '';
  #value: { start: number; end: number } | null = null;
  #held: Span[] = [];
  /** `<name>password</name>` was read, so the next element holds the secret. */
  #named = false;
  /** `<b>Password:</b>` was read, so the following text is the secret. */
  #labelled = false;
  /** The header text of each column, and the column that is being read. */
  #heads: string[] = [];
  #column = -1;

  constructor(text: string, names: SecretNames, xml: boolean) {
    this.#xml = xml;
    this.#text = text;
    this.#names = names;
  }

  onopentagname(start: number, end: number): void {
    this.#tag = this.#text.slice(start, end);
    this.#cell(this.#tag.toLowerCase());
    this.#secretTag = this.#named || this.#names.of(localName(this.#tag)) === 'secret';
    this.#named = false;
    this.#held = [];
  }

  onattribname(start: number, end: number): void {
    this.#attribute = localName(this.#text.slice(start, end));
    this.#value = null;
  }

  onattribdata(start: number, end: number): void {
    this.#value = { start: this.#value?.start ?? start, end };
  }

  onattribend(): void {
    if (this.#value === null) return;
    const { start, end } = this.#value;
    const said = this.#text.slice(start, end);
    const place = `${folded(this.#tag)}/${folded(this.#attribute)}`;
    const secrecy = this.#names.of(this.#attribute);
    if (secrecy === 'secret' || (secrecy === 'random' && isRandom(said))) this.spans.push({ start, end, place });
    const name = this.#attribute.toLowerCase();
    const names = NAMING.has(name) && this.#names.of(characters(said)) === 'secret';
    // An input whose characters a browser hides.
    if (names || (name === 'type' && said.toLowerCase() === 'password')) this.#secretTag = true;
    else if (HOLDING.has(name)) this.#held.push({ start, end, place });
  }

  onopentagend(): void {
    this.#opened();
    if (this.#within > 0) this.#within++;
    else if (this.#secretTag && (this.#xml || !VOID.has(this.#tag.toLowerCase()))) this.#within = 1;
  }

  onselfclosingtag(): void {
    this.#opened();
  }

  onclosetag(): void {
    if (this.#within > 0) this.#within--;
  }

  ontext(start: number, end: number): void {
    const said = this.#text.slice(start, end).trim();
    if (said === '') return;
    const isLabel = this.#isLabel(said);
    if (this.#tag.toLowerCase() === 'th' && this.#column >= 0) this.#heads[this.#column] = said;
    const isHeld = this.#labelled && !LABELS.has(this.#tag.toLowerCase());
    this.#labelled = isLabel;
    if (isHeld || this.#within > 0) this.#add(start, end);
    else if (NAMING.has(lastWord(localName(this.#tag)))) this.#named = this.#names.of(characters(said)) === 'secret';
  }

  oncdata(start: number, end: number, endOffset: number): void {
    if (this.#within > 0)
      this.#add(start + '[CDATA['.length * Number(this.#text.startsWith('[CDATA[', start)), end - endOffset);
  }

  onattribentity(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onend(): void {}
  onprocessinginstruction(): void {}
  ontextentity(): void {}

  /** Begins a row or a cell. A cell below the header of a secret is secret. */
  #cell(tag: string): void {
    if (tag === 'table') this.#heads = [];
    if (tag === 'tr' || tag === 'table') this.#column = -1;
    if (tag !== 'td' && tag !== 'th') return;
    this.#column++;
    if (tag === 'td' && this.#names.of(this.#heads[this.#column] ?? '') === 'secret') this.#labelled = true;
  }

  /** Whether a cell or term consists of a secret's name, or any text does so and ends in a colon. */
  #isLabel(said: string): boolean {
    if (said.length > LONGEST_LABEL || !(said.endsWith(':') || LABELLED.has(this.#tag.toLowerCase()))) return false;
    return /\p{L}/u.test(said) && this.#names.of(said) === 'secret';
  }

  #opened(): void {
    if (this.#secretTag) addAll(this.spans, this.#held);
  }

  #add(start: number, end: number): void {
    this.spans.push({ start, end, place: 'element' });
  }
}

/** Longer texts are sentences, not labels; characters. */
const LONGEST_LABEL = 40;
/** Elements that label what follows them, even without a colon. */
const LABELLED = new Set(['td', 'th', 'dt']);
/** Elements whose text is never the value that a label announces. */
const LABELS = new Set(['th', 'dt', 'label', 'button', 'option', 'a', 'legend', 'title', 'script', 'style']);

/** HTML elements that have no content. */
const VOID = new Set([
  'input',
  'meta',
  'link',
  'param',
  'img',
  'br',
  'hr',
  'source',
  'track',
  'wbr',
  'area',
  'base',
  'col',
  'embed',
]);

/** Decodes character references in a name. */
function characters(written: string): string {
  return written.replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));?/gi, (all, hex: string | undefined, decimal: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}
