/** A schema of what people write, with the doc comment of each field as its description: as JSON Schema for editors, and as tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { docOf, fieldDocs } from './field-docs.ts';
import { type FieldRow, fieldRows } from './json-schema.ts';
import { code, type Page, table } from './markdown.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Docs = ReadonlyMap<string, string>;

/** @param files with the schemas, from the repository's root @param root name of the outermost schema */
export function docsOf(files: readonly string[], root: string): Docs {
  const sources = files.map((file) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8'));
  return fieldDocs(sources.join('\n'), root);
}

/** Of the file as written: durations are texts. */
export function describedSchema(schema: z.ZodType, docs: Docs): JsonSchema {
  const plain: JsonSchema = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));
  describeFields(plain, '', docs);
  return plain;
}

export function schemaFile(file: string, schema: JsonSchema): Page {
  return { file, text: `${JSON.stringify(schema, null, 2)}\n` };
}

/** A heading and a table for the fields of each object of the top level. */
export function fieldSections(schema: JsonSchema, docs: Docs): string[] {
  const rows = fieldRows(schema);
  const groups = [...new Set(rows.map((row) => groupOf(row)))];
  return groups.map((group) =>
    [
      `## ${group === '' ? 'Top level' : code(group)}`,
      ...(docs.get(group) === undefined ? [] : [docs.get(group) ?? '']),
      table(
        ['field', 'type', 'default', 'range', 'meaning'],
        rows
          .filter((row) => groupOf(row) === group && !isGroup(row, rows))
          .map((row) => [
            code(row.path),
            row.type,
            row.required ? 'required' : code(row.default),
            row.range,
            docOf(docs, row.path),
          ]),
      ),
    ].join('\n\n'),
  );
}

/** Gives each field its doc comment as its description. */
function describeFields(schema: JsonSchema, path: string, docs: Docs): void {
  const { properties, items, oneOf } = schema;
  const doc = docs.get(path);
  if (doc !== undefined) schema.description = doc;
  for (const [name, inner] of Object.entries(properties ?? {}))
    if (isSchema(inner)) describeFields(inner, path === '' ? name : `${path}.${name}`, docs);
  for (const kind of oneOf ?? []) if (isSchema(kind)) describeKind(kind, path, docs);
  if (isSchema(items)) describeFields(items, `${path}[]`, docs);
}

/** One kind of a union: its fields are described, and it keeps no description of the whole. */
function describeKind(schema: JsonSchema, path: string, docs: Docs): void {
  describeFields(schema, path, docs);
  delete schema.description;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function groupOf({ path }: FieldRow): string {
  const dot = path.indexOf('.');
  return dot === -1 ? '' : path.slice(0, dot);
}

/** An object or list whose fields have rows of their own; a list's default is worth its own row. */
function isGroup({ path, type }: FieldRow, rows: readonly FieldRow[]): boolean {
  return type === 'object' && rows.some((row) => row.path.startsWith(`${path}.`));
}
