/** White space between tags and within text: where it is data, and where it is only layout. */
import type { MarkupToken } from './token.ts';

/**
 * In XML, white space between tags is layout, unless it is next to text, is the only content of the element, or is
 * preserved by `xml:space` (XML 1.0, 2.10).
 */
export function withoutLayout(tokens: readonly MarkupToken[]): MarkupToken[] {
  const layout = new Set<number>();
  const open: Frame[] = [newFrame(false)];
  const close = ({ spaces, hasText, hasElements, preserve }: Frame) => {
    if (!preserve && !hasText && hasElements) for (const at of spaces) layout.add(at);
  };
  for (const [at, token] of tokens.entries()) {
    const frame = open.at(-1);
    if (frame === undefined) break;
    if (token.kind === 'open') {
      frame.hasElements = true;
      const space = token.attributes.get(XML_SPACE);
      open.push(newFrame(space === undefined ? frame.preserve : space === 'preserve'));
    } else if (token.kind === 'close') {
      close(frame);
      open.pop();
    } else if (token.kind === 'text') {
      if (token.verbatim || /[^\t\n\r ]/.test(token.text)) frame.hasText = true;
      else frame.spaces.push(at);
    }
  }
  for (const frame of open) close(frame);
  return tokens.filter((_, at) => !layout.has(at));
}

const XML_SPACE = '{http://www.w3.org/XML/1998/namespace}space';

interface Frame {
  readonly preserve: boolean;
  /** Indices of the texts that consist of white space. */
  readonly spaces: number[];
  hasText: boolean;
  hasElements: boolean;
}

const newFrame = (preserve: boolean): Frame => ({ preserve, spaces: [], hasText: false, hasElements: false });

/**
 * In HTML, white space collapses to one space, and to none at the edge of a block (CSS Text 3, 4.1.1 and 4.1.2, with
 * the usual display of each element).
 */
export function asRendered(tokens: readonly MarkupToken[]): MarkupToken[] {
  const out: MarkupToken[] = [];
  let atEdge = true;
  /** Index of the text whose last space is removed if the edge of a block follows. */
  let spaced = -1;
  const edge = () => {
    const last = out[spaced];
    if (last?.kind === 'text') out[spaced] = { ...last, text: last.text.slice(0, -1) };
    [atEdge, spaced] = [true, -1];
  };
  for (const token of tokens) {
    if (token.kind === 'text' && !token.verbatim) {
      const text = collapsed(token.text).slice(atEdge && SPACE.test(token.text) ? 1 : 0);
      if (text === '') continue;
      atEdge = text.endsWith(' ');
      spaced = atEdge ? out.length : -1;
      out.push({ ...token, text });
      continue;
    }
    if (token.kind === 'text' || (token.kind === 'open' && REPLACED.has(token.name))) [atEdge, spaced] = [false, -1];
    else if (token.kind !== 'other' && !INLINE.has(token.name) && !REPLACED.has(token.name)) edge();
    out.push(token);
  }
  edge();
  return out.filter((token) => token.kind !== 'text' || token.text !== '');
}

/** Only ASCII white space collapses in HTML (HTML standard, "ASCII whitespace"): U+00A0 and U+3000 are displayed. */
const SPACE = /^[\t\n\f\r ]/;
const collapsed = (text: string) => text.replaceAll(/[\t\n\f\r ]+/g, ' ');

/** Elements that are part of a line of text. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp slot small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** Elements that take part in a line like a word. */
const REPLACED = new Set(
  'audio button canvas embed iframe img input meter object output progress select svg textarea video'.split(' '),
);
