/** A document as tokens that mean the same whatever the white space, the quotes and the character references. */
import { Parser } from 'htmlparser2';
import { asRendered, withoutLayout } from './space.ts';
import type { MarkupToken } from './token.ts';

/** In these, white space counts. */
const VERBATIM = new Set(['pre', 'textarea', 'script', 'style']);

/** The parser looks through its open elements at each tag, so that time grows with depth: no page is nested so deeply. */
const MAX_NESTING = 1000;

class TooDeepError extends Error {
  constructor() {
    super('nested too deeply');
    this.name = 'TooDeepError';
  }
}

/** null where elements are nested too deeply to be told apart in bounded time. */
export function tokensOfMarkup(source: string, xml: boolean): MarkupToken[] | null {
  const tokens: MarkupToken[] = [];
  const scopes: Scope[] = [];
  let [pending, verbatim, isData] = ['', 0, false];
  const flush = () => {
    if (pending !== '') tokens.push({ kind: 'text', text: pending, verbatim: verbatim > 0 || isData });
    [pending, isData] = ['', false];
  };
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        flush();
        if (!xml && VERBATIM.has(name)) verbatim++;
        if (scopes.length >= MAX_NESTING) throw new TooDeepError();
        const scope = xml ? scopeWith(scopes.at(-1) ?? NO_SCOPE, attributes) : NO_SCOPE;
        scopes.push(scope);
        tokens.push({
          kind: 'open',
          name,
          means: xml ? meant(name, scope, true) : name,
          attributes: attributesOf(attributes, scope, xml),
        });
      },
      onclosetag(name) {
        flush();
        if (!xml && VERBATIM.has(name)) verbatim--;
        const scope = scopes.pop() ?? NO_SCOPE;
        tokens.push({ kind: 'close', name, means: xml ? meant(name, scope, true) : name });
      },
      ontext(text) {
        pending += text;
      },
      oncdatastart() {
        isData = xml;
      },
      oncomment(text) {
        flush();
        tokens.push({ kind: 'other', text: `<!--${text.trim()}-->` });
      },
      onprocessinginstruction(_name, text) {
        if (isDefaultDeclaration(text)) return;
        flush();
        tokens.push({ kind: 'other', text: `<${text.toLowerCase().replaceAll(/\s+/g, ' ').trim()}>` });
      },
    },
    { xmlMode: xml },
  );
  try {
    parser.end(source.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof TooDeepError) return null;
    throw error;
  }
  flush();
  return xml ? withoutLayout(tokens) : asRendered(tokens);
}

/** Version and encoding that hold without it (XML 1.0, 2.8 and 4.3.3). */
function isDefaultDeclaration(text: string): boolean {
  return (
    /^\?xml\s/i.test(text) && /version\s*=\s*["']1\.0["']/.test(text) && !/encoding\s*=\s*["'](?!utf-8["'])/i.test(text)
  );
}

/** Namespace by prefix; the empty prefix is the default namespace (Namespaces in XML 1.0). */
type Scope = ReadonlyMap<string, string>;
const NO_SCOPE: Scope = new Map();

function scopeWith(outer: Scope, attributes: Readonly<Record<string, string>>): Scope {
  const own = Object.entries(attributes).filter(([name]) => isDeclaration(name));
  if (own.length === 0) return outer;
  return new Map([...outer, ...own.map(([name, uri]): [string, string] => [name.slice('xmlns:'.length), uri])]);
}

const isDeclaration = (name: string) => name === 'xmlns' || name.startsWith('xmlns:');

/** The default namespace is that of elements, never of attributes. */
function meant(name: string, scope: Scope, element: boolean): string {
  const colon = name.indexOf(':');
  const uri = colon < 0 && !element ? undefined : scope.get(name.slice(0, Math.max(0, colon)));
  return uri === undefined || uri === '' ? name : `{${uri}}${name.slice(colon + 1)}`;
}

function attributesOf(attributes: Readonly<Record<string, string>>, scope: Scope, xml: boolean): Map<string, string> {
  const all = Object.entries(attributes);
  if (!xml)
    return new Map(all.map(([name, value]) => [name, BOOLEAN.has(name) && value.toLowerCase() === name ? '' : value]));
  const said = all.filter(([name]) => !isDeclaration(name));
  // A line end in an attribute is a space (XML 1.0, 3.3.3).
  return new Map(said.map(([name, value]) => [meant(name, scope, false), value.replaceAll(/[\t\n\r]/g, ' ')]));
}

/** Their presence is all that counts (HTML standard, "Boolean attributes"). */
const BOOLEAN = new Set(
  'allowfullscreen async autofocus autoplay checked controls default defer disabled formnovalidate inert ismap itemscope loop multiple muted nomodule novalidate open playsinline readonly required reversed selected'.split(
    ' ',
  ),
);
