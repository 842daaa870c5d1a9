/**
 * The content of YAML as JSON text. Numbers keep their spelling, and values that JSON cannot express are written with
 * their tag.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';

/** Longer texts are compared as text, because the parser takes some microseconds per character. */
const LONGEST = 262_144;
/** Limits the result, because aliases can repeat content again and again. */
const MOST_NODES = 100_000;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** Readers of both versions exist: `yes` is a boolean in 1.1 and a text in 1.2. */
export type YamlVersion = '1.1' | '1.2';

/** One JSON text per document; null if the text cannot be parsed. */
export function jsonOfYaml(text: string, version: YamlVersion): readonly string[] | null {
  if (text.length > LONGEST) return null;
  try {
    const documents = parseAllDocuments(text, { version, intAsBigInt: true, uniqueKeys: false, logLevel: 'silent' });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null;
    const writer = new Writer(namedBy(documents));
    return documents.map((document) => writer.write(document.contents));
  } catch (error) {
    // The text is nested more deeply than the parser allows, or aliases expand to too much.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * For each alias, the last preceding node with that anchor. (The parser's own `resolve` searches the document for each
 * alias.)
 */
function namedBy(documents: readonly Document.Parsed[]): ReadonlyMap<Alias, ParsedNode> {
  const named = new Map<Alias, ParsedNode>();
  for (const document of documents) {
    const anchored = new Map<string, ParsedNode>();
    visit(document, {
      Alias(_, alias) {
        const node = anchored.get(alias.source);
        if (node !== undefined) named.set(alias, node);
      },
      Value(_, node) {
        if (node.anchor !== undefined) anchored.set(node.anchor, node as ParsedNode);
      },
    });
  }
  return named;
}

class Writer {
  readonly #named: ReadonlyMap<Alias, ParsedNode>;
  #nodes = 0;
  #characters = 0;

  constructor(named: ReadonlyMap<Alias, ParsedNode>) {
    this.#named = named;
  }

  /** @throws RangeError if aliases expand to too much */
  write(node: ParsedNode | null): string {
    this.#count(1, 0);
    if (node === null) return 'null';
    if (isAlias(node)) return this.write(this.#named.get(node) ?? null);
    return tagged(node.tag, this.#untagged(node));
  }

  #count(nodes: number, characters: number): void {
    this.#nodes += nodes;
    this.#characters += characters;
    if (this.#nodes > MOST_NODES || this.#characters > MOST_CHARACTERS) throw new RangeError('too much is named');
  }

  #untagged(node: ParsedNode): string {
    if (isSeq(node)) return `[${node.items.map((item) => this.write(item as ParsedNode)).join(',')}]`;
    if (isMap(node))
      return `{${this.#members(node)
        .map(([name, value]) => `${name}:${value}`)
        .join(',')}}`;
    const text = isScalar(node) ? scalar(node) : 'null';
    this.#count(0, text.length);
    return text;
  }

  /**
   * Includes the members that `<<` merges, which readers of both versions support, unless the map has the same key
   * itself.
   */
  #members(node: YAMLMap): (readonly [string, string])[] {
    const members: (readonly [string, string])[] = [];
    const merged = new Map<string, string>();
    for (const { key, value } of node.items) {
      const maps = isMergeKey(key) ? this.#mapsOf(value as ParsedNode | null) : null;
      if (maps === null) {
        members.push([this.#nameOf(key as ParsedNode | null), this.write(value as ParsedNode | null)]);
        continue;
      }
      // The earlier map takes precedence (https://yaml.org/type/merge.html).
      for (const map of maps)
        for (const [name, one] of this.#members(map)) if (!merged.has(name)) merged.set(name, one);
    }
    for (const [name] of members) merged.delete(name);
    return [...members, ...merged];
  }

  /** A key that is not a text differs from the text of the same spelling. */
  #nameOf(key: ParsedNode | null): string {
    const name = this.write(key);
    return name.startsWith('"') ? name : JSON.stringify(`key ${name}`);
  }

  /** Returns null if the node is neither a map nor a list of maps. */
  #mapsOf(node: ParsedNode | null): YAMLMap[] | null {
    this.#count(1, 0);
    if (isAlias(node)) return this.#mapsOf(this.#named.get(node) ?? null);
    if (isMap(node)) return [node];
    if (!isSeq(node)) return null;
    const maps = node.items.map((item) => this.#mapsOf(item as ParsedNode));
    return maps.some((map) => map === null) ? null : maps.flatMap((map) => map ?? []);
  }
}

const isMergeKey = (key: unknown) => isScalar(key) && key.source === '<<' && key.type === 'PLAIN';

/** YAML's own tags only repeat what the value shows. */
function tagged(tag: string | undefined, json: string): string {
  return tag === undefined || tag.startsWith('tag:yaml.org,2002:') ? json : `{${JSON.stringify(tag)}:${json}}`;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalar({ value, source }: Scalar): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (typeof value === 'number' && source !== undefined && NUMBER.test(source)) return source;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  // Infinity, timestamps and bytes.
  return JSON.stringify({ [typeof value]: source ?? String(value) });
}
