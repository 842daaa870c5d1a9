/**
 * The doc comments of a file's zod schemas, by the path of the field. Pages, JSON Schemas and the package's types are
 * generated from them, so that a field is described once. Reads the layout that Biome gives the file.
 */

/** Doc comment of each field below the schema `root`, such as `gate.alpha`; `[]` marks the elements of a list. */
export function fieldDocs(source: string, root: string): ReadonlyMap<string, string> {
  const schemas = schemasOf(source);
  const docs = new Map<string, string>();
  const walk = (schema: string, prefix: string) => {
    const found = schemas.get(schema);
    for (const other of found?.alike ?? []) walk(other, prefix);
    for (const field of found?.fields ?? []) {
      const path = `${prefix}${field.path}`;
      if (field.doc !== '' && !docs.has(path)) docs.set(path, field.doc);
      for (const inner of field.mentions) if (schemas.has(inner)) walk(inner, `${path}${field.isList ? '[]' : ''}.`);
    }
  };
  walk(root, '');
  return docs;
}

/** The doc comment of one field. @throws if there is none, because the page would have a gap */
export function docOf(docs: ReadonlyMap<string, string>, path: string): string {
  const doc = docs.get(path);
  if (doc === undefined) throw new Error(`the field ${path} has no doc comment`);
  return doc;
}

interface Field {
  readonly path: string;
  readonly doc: string;
  /** Other schemas of the file that its definition mentions. */
  readonly mentions: readonly string[];
  readonly isList: boolean;
}

interface Schema {
  readonly fields: readonly Field[];
  /** Schemas whose fields this one also has: the one that it extends, or its possible kinds. */
  readonly alike: readonly string[];
}

function schemasOf(source: string): ReadonlyMap<string, Schema> {
  const schemas = new Map<string, Schema>();
  for (const [, name = '', body = ''] of source.matchAll(
    /^(?:export )?const (\w+) = ((?:z\b|\w+Schema\.)[\s\S]*?(?<!^ *\*.*);)$/gm,
  )) {
    const isUnion = /^z\s*\.discriminatedUnion\(/.test(body);
    const extended = /^(\w+Schema)\s*\.extend\(/.exec(body)?.[1];
    const alike = isUnion ? (body.match(/\b\w+Schema\b/g) ?? []) : extended === undefined ? [] : [extended];
    schemas.set(name, { fields: isUnion ? [] : fieldsOf(body), alike });
  }
  return schemas;
}

function fieldsOf(body: string): Field[] {
  const lines = body.split('\n');
  const fields: Field[] = [];
  /** Names of the fields that are open, with their indentation. */
  const open: { readonly name: string; readonly indent: number }[] = [];
  let doc: string[] = [];
  lines.forEach((line, i) => {
    const comment = /^\s*(?:\/\*\*|\*\/|\*)\s?(.*?)(?:\s*\*\/)?$/.exec(line);
    if (comment !== null) {
      doc.push((comment[1] ?? '').replace(/\/$/, ''));
      return;
    }
    const [, space = '', name] = /^( +)(\w+): ?/.exec(line) ?? /^( +)(\w+),$/.exec(line) ?? [];
    if (name !== undefined) {
      while ((open.at(-1)?.indent ?? -1) >= space.length) open.pop();
      open.push({ name, indent: space.length });
      const definition = definitionAt(lines, i, space.length);
      fields.push({
        path: open.map((o) => o.name).join('.'),
        doc: doc.join(' ').replaceAll(/\s+/g, ' ').trim(),
        mentions: definition.match(/\b\w+Schema\b/g) ?? [],
        isList: definition.includes('.array('),
      });
    }
    doc = [];
  });
  return fields;
}

/** From the field's line to the line before the next one that is not deeper. */
function definitionAt(lines: readonly string[], start: number, indent: number): string {
  const end = lines.findIndex((line, i) => i > start && !line.startsWith(' '.repeat(indent + 1)));
  const own = lines.slice(start, end === -1 ? undefined : end);
  // An object's own fields mention their schemas themselves.
  return /(?:Object|extend)\(\{/.test(own[0] ?? '') ? (own[0] ?? '') : own.join('\n');
}
