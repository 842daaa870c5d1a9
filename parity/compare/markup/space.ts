/** White space between tags and within text: where it is data, and where it only lays a document out. */
import type { MarkupToken } from './token.ts';

/**
 * XML: white space between tags is layout, unless text stands beside it, the element holds nothing else, or `xml:space` says so
 * (XML 1.0, 2.10).
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
  /** Indices of the texts that are white space alone. */
  readonly spaces: number[];
  hasText: boolean;
  hasElements: boolean;
}

const newFrame = (preserve: boolean): Frame => ({ preserve, spaces: [], hasText: false, hasElements: false });

/** HTML: white space is one space, and none at the edge of a block (CSS Text 3, 4.1.1 and 4.1.2, by the elements' usual display). */
export function asRendered(tokens: readonly MarkupToken[]): MarkupToken[] {
  const out: MarkupToken[] = [];
  let atEdge = true;
  /** Index of the text whose last space goes if a block's edge follows. */
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

/** HTML's white space is ASCII's alone (HTML standard, "ASCII whitespace"): U+00A0 and U+3000 are seen. */
const SPACE = /^[\t\n\f\r ]/;
const collapsed = (text: string) => text.replaceAll(/[\t\n\f\r ]+/g, ' ');

/** Elements that stand within a line of text. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp slot small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);

/** They stand in a line as a word does. */
const REPLACED = new Set(
  'audio button canvas embed iframe img input meter object output progress select svg textarea video'.split(' '),
);
