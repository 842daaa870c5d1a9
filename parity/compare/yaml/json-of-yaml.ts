/** What YAML says, as JSON text: numbers by their text, what JSON has no word for behind its tag. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/** Longer texts are compared as texts: the parser takes some microseconds a character. */
const LONGEST = 262_144;
/** Aliases stand for what they name, over and over. */
const MOST_NODES = 100_000;

/** By the rules of which readers there are: `yes` is a boolean in 1.1, and a text in 1.2. */
export type YamlVersion = '1.1' | '1.2';

/** A text for each document; null where it is not to be read. */
export function jsonOfYaml(text: string, version: YamlVersion): readonly string[] | null {
  if (text.length > LONGEST) return null;
  try {
    const documents = parseAllDocuments(text, { version, intAsBigInt: true, uniqueKeys: false, logLevel: 'silent' });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null;
    const writer = new Writer();
    return documents.map((document) => writer.write(document.contents, document));
  } catch (error) {
    // It is nested more deeply than the parser goes, or too much is named by aliases.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

class Writer {
  #nodes = 0;

  /** @throws RangeError */
  write(node: ParsedNode | null, document: Document.Parsed): string {
    if (++this.#nodes > MOST_NODES) throw new RangeError('too many nodes');
    if (node === null) return 'null';
    if (isAlias(node)) return this.write((node.resolve(document) as ParsedNode | undefined) ?? null, document);
    return tagged(node.tag, this.#untagged(node, document));
  }

  #untagged(node: ParsedNode, document: Document.Parsed): string {
    if (isSeq(node)) return `[${node.items.map((item) => this.write(item as ParsedNode, document)).join(',')}]`;
    if (!isMap(node)) return isScalar(node) ? scalar(node) : 'null';
    return `{${this.#members(node, document)
      .map(([name, value]) => `${name}:${value}`)
      .join(',')}}`;
  }

  /** With what `<<` merges, which readers of both versions know, where a key of its own does not say otherwise. */
  #members(node: YAMLMap, document: Document.Parsed): (readonly [string, string])[] {
    const members: (readonly [string, string])[] = [];
    const merged = new Map<string, string>();
    for (const { key, value } of node.items) {
      const maps = isMergeKey(key) ? this.#mapsOf(value as ParsedNode | null, document) : null;
      if (maps === null) {
        members.push([
          this.#nameOf(key as ParsedNode | null, document),
          this.write(value as ParsedNode | null, document),
        ]);
        continue;
      }
      // The earlier map wins (https://yaml.org/type/merge.html).
      for (const map of maps)
        for (const [name, one] of this.#members(map, document)) if (!merged.has(name)) merged.set(name, one);
    }
    for (const [name] of members) merged.delete(name);
    return [...members, ...merged];
  }

  /** A key that is no text is another one than the text. */
  #nameOf(key: ParsedNode | null, document: Document.Parsed): string {
    const name = this.write(key, document);
    return name.startsWith('"') ? name : JSON.stringify(`key ${name}`);
  }

  /** null where it is no map, and no list of maps. */
  #mapsOf(node: ParsedNode | null, document: Document.Parsed): YAMLMap[] | null {
    if (++this.#nodes > MOST_NODES) throw new RangeError('too many nodes');
    if (isAlias(node)) return this.#mapsOf((node.resolve(document) as ParsedNode | undefined) ?? null, document);
    if (isMap(node)) return [node];
    if (!isSeq(node)) return null;
    const maps = node.items.map((item) => this.#mapsOf(item as ParsedNode, document));
    return maps.some((map) => map === null) ? null : maps.flatMap((map) => map ?? []);
  }
}

const isMergeKey = (key: unknown) => isScalar(key) && key.source === '<<' && key.type === 'PLAIN';

/** Tags of YAML itself say what the value shows. */
function tagged(tag: string | undefined, json: string): string {
  return tag === undefined || tag.startsWith('tag:yaml.org,2002:') ? json : `{${JSON.stringify(tag)}:${json}}`;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalar({ value, source }: Scalar): string {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (typeof value === 'number' && source !== undefined && NUMBER.test(source)) return source;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  // Infinity, instants and bytes.
  return JSON.stringify({ [typeof value]: source ?? String(value) });
}
