/**
 * What an answer provides: by a place in its JSON, a header field, a cookie, a field of its form, or a pattern in its
 * text.
 */
import type { RawLeg } from '../../../../capture/index.ts';
import {
  elementsOf,
  type JsonDoc,
  kindOf,
  memberOf,
  type Node,
  ROOT,
  rawOf,
  stringOf,
  textOf,
  tokenize,
} from '../../../../json/index.ts';
import type { Take } from '../requests/index.ts';
import type { CookieJar } from './cookie-jar.ts';
import type { Variable } from './template.ts';

export type AnsweredLeg = Extract<RawLeg, { outcome: 'response' }>;

/** null if the answer does not provide it. */
export function takenFrom({ from }: Take, leg: AnsweredLeg, jar: CookieJar | null): Variable | null {
  switch (from.kind) {
    case 'cookie':
      return plain(jar?.get(from.name));
    case 'header': {
      const at = leg.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === from.name.toLowerCase());
      return plain(matched(at < 0 ? undefined : leg.headers[at + 1], from.match));
    }
    case 'field':
      return plain(fieldIn(bodyOf(leg), from.name));
    case 'body':
      return plain(matched(bodyOf(leg), from.match));
    case 'json':
      return fromJson(from.pointer, bodyOf(leg));
  }
}

function plain(text: string | undefined): Variable | null {
  return text === undefined ? null : { text };
}

function bodyOf({ body }: AnsweredLeg): string {
  const text = textOf(Buffer.from(body.data));
  return text.ok ? text.value : '';
}

/** The first group of the pattern, or the whole match. */
function matched(text: string | undefined, pattern: string | undefined): string | undefined {
  return text === undefined || pattern === undefined ? text : new RegExp(pattern).exec(text)?.slice(0, 2).at(-1);
}

const TAG = /<(?:input|meta)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

/** Value of the first hidden field, or content of the first meta element, with this name. */
function fieldIn(html: string, name: string): string | undefined {
  for (const [, attributes = ''] of html.matchAll(TAG)) {
    const of = new Map(
      [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', double, single, bare]) => [
        key.toLowerCase(),
        unescaped(double ?? single ?? bare ?? ''),
      ]),
    );
    if (of.get('name') === name || of.get('id') === name) return of.get('value') ?? of.get('content');
  }
  return undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (hex === undefined && decimal === undefined) return ENTITIES[name.toLowerCase()] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A number as written, because an id may have more digits than a double represents. */
function fromJson(pointer: string, text: string): Variable | null {
  const doc = tokenize(text);
  if (doc === undefined) return null;
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const node = steps.reduce<Node | undefined>(
    (at, step) => (at === undefined ? undefined : childOf(doc, at, step)),
    ROOT,
  );
  if (node === undefined) return null;
  const raw = rawOf(doc, node);
  switch (kindOf(doc, node)) {
    case 'string':
      return { text: stringOf(doc, node), json: raw };
    case 'number':
    case 'boolean':
      return { text: raw, json: raw };
    default:
      return null;
  }
}

function childOf(doc: JsonDoc, node: Node, step: string): Node | undefined {
  const kind = kindOf(doc, node);
  if (kind === 'object') return memberOf(doc, node, step);
  return kind === 'array' && /^\d+$/.test(step) ? elementsOf(doc, node)[Number(step)] : undefined;
}
