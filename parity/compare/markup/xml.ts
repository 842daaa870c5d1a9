/**
 * Reads XML with a parser that rejects documents that are not well-formed. Names are compared by namespace, not by
 * prefix.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { withoutLayout } from './space.ts';
import type { MarkupToken } from './token.ts';
import { instruction, TokenList } from './token-list.ts';
import { UnreadableMarkupError } from './unreadable.ts';

/**
 * @throws UnreadableMarkupError if the document is not well-formed (XML 1.0, 2.1), is nested too deeply or has too many
 * elements
 */
export function tokensOfXml(source: string): MarkupToken[] {
  const tokens = new TokenList();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', ({ message }) => {
    throw new UnreadableMarkupError(true, message);
  });
  parser.on('xmldecl', ({ version }) => {
    // A declaration with the default version has no effect (XML 1.0, 2.8), and the text is already decoded.
    if (version !== '1.0') tokens.add(instruction(`?xml version="${version}"?`));
  });
  parser.on('attribute', () => tokens.attribute());
  parser.on('opentag', (tag) =>
    tokens.add({ ...named('open', tag), attributes: attributesOf(tag, (prefix) => parser.resolve(prefix)) }),
  );
  parser.on('closetag', (tag) => tokens.add(named('close', tag)));
  parser.on('text', (text) =>
    tokens.text(
      resolved(text, (prefix) => parser.resolve(prefix)),
      false,
    ),
  );
  parser.on('cdata', (text) => tokens.text(text, true));
  parser.on('doctype', (text) => {
    tokens.add(instruction(`!doctype ${text}`));
    declareEntities(text, parser.ENTITIES);
  });
  parser.on('processinginstruction', ({ target, body }) => tokens.add(instruction(`?${target} ${body}?`)));
  parser.write(source).close();
  return withoutLayout(tokens.all());
}

/** In characters. A reference takes at least four, so entities lengthen a document by a bounded factor. */
const LONGEST_ENTITY = 64;

/**
 * Declares entities that are plain text and refer to no other.
 * @throws UnreadableMarkupError if there is any other kind
 */
function declareEntities(doctype: string, known: Record<string, string>): void {
  for (const [, name = '', value] of doctype.matchAll(/<!ENTITY\s+([^\s"'>]+)\s+(?:"([^"&%<]*)"\s*>)?/g)) {
    if (value === undefined || value.length > LONGEST_ENTITY)
      throw new UnreadableMarkupError(false, 'entities of its own, which are not read here');
    known[name] ??= value;
  }
}

interface Name {
  readonly name: string;
  readonly uri: string;
  readonly local: string;
}

const meant = ({ name, uri, local }: Name) => (uri === '' ? name : `{${uri}}${local}`);

const named = <K extends 'open' | 'close'>(kind: K, tag: Name) => ({ kind, name: tag.name, means: meant(tag) });

/** The value of this attribute is a name (XML Schema Part 1, 2.6.1), whose prefix stands for a namespace. */
const TYPE = '{http://www.w3.org/2001/XMLSchema-instance}type';

/**
 * Replaces the prefix of a value that is a qualified name (`xsi:type`, a SOAP fault code) by its namespace, because
 * sides may use different prefixes for a namespace, or the same prefix for different ones.
 */
function resolved(value: string, resolve: Resolve): string {
  if (!value.includes(':') || value.length > MAX_NAME) return value;
  const [, prefix, local] = /^\s*([\p{L}_][\w.\p{L}-]*):([\p{L}_][\w.\p{L}-]*)\s*$/u.exec(value) ?? [];
  const uri = prefix === undefined ? undefined : resolve(prefix);
  return uri === undefined || uri === '' ? value : `{${uri}}${local}`;
}

/** A type name without a prefix is in the default namespace. */
function resolvedType(value: string, resolve: Resolve): string {
  const uri = value.includes(':') ? undefined : resolve('');
  return uri === undefined || uri === '' ? resolved(value, resolve) : `{${uri}}${value.trim()}`;
}

/** A longer value is not a name. */
const MAX_NAME = 200;

/** Shared, because most elements of large documents have none. */
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

type Resolve = (prefix: string) => string | undefined;

function attributesOf({ attributes, ns }: SaxesTagNS, resolve: Resolve): ReadonlyMap<string, string> {
  const all = Object.values(attributes);
  if (all.length === 0) return NO_ATTRIBUTES;
  const said = all.filter(({ name, prefix }) => name !== 'xmlns' && prefix !== 'xmlns');
  const inScope = (prefix: string) => ns[prefix] ?? resolve(prefix);
  return new Map(
    said.map((attribute) => {
      const name = meant(attribute);
      const { value } = attribute;
      return [name, name === TYPE ? resolvedType(value, inScope) : resolved(value, inScope)];
    }),
  );
}
