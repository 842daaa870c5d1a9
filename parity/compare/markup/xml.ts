/** XML, as a parser reads it that refuses what is not well-formed. Names are known by their namespaces, not by their prefixes. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { withoutLayout } from './space.ts';
import type { MarkupToken } from './token.ts';
import { instruction, TokenList } from './token-list.ts';
import { UnreadableMarkupError } from './unreadable.ts';

/** @throws UnreadableMarkupError where it is not well-formed (XML 1.0, 2.1), is nested too deeply or has too many elements. */
export function tokensOfXml(source: string): MarkupToken[] {
  const tokens = new TokenList();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', ({ message }) => {
    throw new UnreadableMarkupError(true, message);
  });
  parser.on('xmldecl', ({ version }) => {
    // What holds without a declaration needs none (XML 1.0, 2.8), and the text is out of its encoding.
    if (version !== '1.0') tokens.add(instruction(`?xml version="${version}"?`));
  });
  parser.on('opentag', (tag) =>
    tokens.add({ ...named('open', tag), attributes: attributesOf(tag, (prefix) => parser.resolve(prefix)) }),
  );
  parser.on('closetag', (tag) => tokens.add(named('close', tag)));
  parser.on('text', (text) => tokens.text(text, false));
  parser.on('cdata', (text) => tokens.text(text, true));
  parser.on('doctype', (text) => tokens.add(instruction(`!doctype ${text}`)));
  parser.on('processinginstruction', ({ target, body }) => tokens.add(instruction(`?${target} ${body}?`)));
  parser.write(source).close();
  return withoutLayout(tokens.all());
}

interface Name {
  readonly name: string;
  readonly uri: string;
  readonly local: string;
}

const meant = ({ name, uri, local }: Name) => (uri === '' ? name : `{${uri}}${local}`);

const named = <K extends 'open' | 'close'>(kind: K, tag: Name) => ({ kind, name: tag.name, means: meant(tag) });

/** Its value is a name (XML Schema Part 1, 2.6.1), which its prefix makes one of a namespace. */
const TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type';

type Resolve = (prefix: string) => string | undefined;

function attributesOf({ attributes, ns }: SaxesTagNS, resolve: Resolve): Map<string, string> {
  const said = Object.values(attributes).filter(({ name, prefix }) => name !== 'xmlns' && prefix !== 'xmlns');
  const typeOf = (written: string) => {
    const [, prefix = '', local = ''] = /^\s*(?:([^\s:]+):)?([^\s:]+)\s*$/.exec(written) ?? [];
    const uri = ns[prefix] ?? resolve(prefix);
    return local === '' || uri === undefined || uri === '' ? written : `{${uri}}${local}`;
  };
  return new Map(
    said.map((attribute) => {
      const name = meant(attribute);
      return [name, name === TYPE ? typeOf(attribute.value) : attribute.value];
    }),
  );
}
