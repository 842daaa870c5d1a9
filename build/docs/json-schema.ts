/**
 * A schema of files that people write: as JSON Schema with the doc comment of each field, and as table rows with path,
 * type, default and range.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { docOf, fieldDocs } from './field-docs.ts';
import type { Page } from './page.ts';

/** The part of a JSON Schema that the pages read. */
const nodeSchema = z.looseObject({
  type: z.union([z.string(), z.array(z.string()).transform((types) => types.join(' or '))]).optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  'x-range': z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  prefixItems: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});
type Node = z.infer<typeof nodeSchema>;

export interface FieldRow {
  /** For example `gate.alpha` or `stages[].percent`. */
  readonly path: string;
  readonly type: string;
  /** JSON; empty if there is none. */
  readonly default: string;
  readonly required: boolean;
  readonly range: string;
}

/** Fields of an object in the order of the schema; an object's own row comes before those of its fields. */
export function fieldRows(schema: unknown, prefix = ''): FieldRow[] {
  const node = nodeSchema.parse(schema);
  const kinds = kindsOf(node);
  return kinds.length === 0
    ? ownRows(node, prefix)
    : merged(kinds.map((kind) => [nameOf(kind), fieldRows(kind, prefix)]));
}

/** The objects that a union may be; none for any other schema. */
function kindsOf({ anyOf, oneOf }: Node): Node[] {
  const kinds = (oneOf ?? anyOf ?? []).map((kind) => nodeSchema.parse(kind));
  return kinds.every((kind) => kind.properties !== undefined) ? kinds : [];
}

/** The name that the constant field of a kind gives it. */
function nameOf({ properties = {} }: Node): string {
  const constants = Object.values(properties).map((field) => nodeSchema.parse(field).const);
  return String(constants.find((value) => value !== undefined) ?? '');
}

/** One row for a field that several kinds have; if not all have it, the row names those that do. */
function merged(kinds: readonly (readonly [string, readonly FieldRow[]])[]): FieldRow[] {
  const rows = kinds.flatMap(([kind, own]) => own.map((row) => ({ row, kind })));
  return [...Map.groupBy(rows, ({ row }) => row.path).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const types = [...new Set(group.map(({ row }) => row.type))].join(', ');
    const only = group.length === kinds.length ? '' : ` (${group.map(({ kind }) => kind).join(', ')})`;
    return [{ ...first.row, type: `${types}${only}`, required: group.every(({ row }) => row.required) }];
  });
}

function ownRows({ properties = {}, required = [] }: Node, prefix: string): FieldRow[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const node = nodeSchema.parse(value);
    const path = `${prefix}${name}`;
    const items = itemsOf(node);
    const below = hasFields(node) ? fieldRows(node, `${path}.`) : [];
    const elements = items === null || !hasFields(items) ? [] : fieldRows(items, `${path}[].`);
    const row = {
      path,
      type: typeOf(node),
      default: hasFields(node) || node.default === undefined ? '' : JSON.stringify(node.default),
      required: required.includes(name) && node.default === undefined,
      range: rangeOf(node),
    };
    return [row, ...below, ...elements];
  });
}

function hasFields(node: Node): boolean {
  return node.properties !== undefined || kindsOf(node).length > 0;
}

/** Null for a tuple and for a list of anything. */
function itemsOf({ items }: Node): Node | null {
  return typeof items === 'object' && items !== null ? nodeSchema.parse(items) : null;
}

function typeOf(node: Node): string {
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return [...new Set(choices.map((c) => typeOf(nodeSchema.parse(c))))].join(' or ');
  if (node.const !== undefined) return markdownCode(JSON.stringify(node.const));
  if (node.enum !== undefined) return node.enum.map((value) => markdownCode(JSON.stringify(value))).join(', ');
  if (node.format === 'duration') return 'duration';
  if (node.format === 'date-time') return 'time (ISO-8601)';
  if (node.type !== 'array') return node.type ?? '';
  const items = itemsOf(node);
  if (node.prefixItems !== undefined) return `[${node.prefixItems.map((i) => typeOf(nodeSchema.parse(i))).join(', ')}]`;
  return items === null ? 'list' : `list of ${hasFields(items) ? 'objects' : plural(typeOf(items))}`;
}

/** Types have names; choices and tuples are written literally. */
function plural(type: string): string {
  return /^\w+$/.test(type) ? `${type}s` : type;
}

function rangeOf(node: Node): string {
  if (node['x-range'] !== undefined) return node['x-range'];
  const max = node.maximum === Number.MAX_SAFE_INTEGER ? undefined : node.maximum;
  const min = node.minimum === Number.MIN_SAFE_INTEGER ? undefined : node.minimum;
  const parts = [
    bound('>', node.exclusiveMinimum),
    bound('≥', min),
    bound('<', node.exclusiveMaximum),
    bound('≤', max),
    bound('at least', node.minItems, node.minItems === 1 ? 'entry' : 'entries'),
    bound('at most', node.maxItems, node.maxItems === 1 ? 'entry' : 'entries'),
    bound('at most', node.maxLength, 'characters'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function bound(word: string, value: number | undefined, unit = ''): string {
  return value === undefined ? '' : `${word} ${value}${unit === '' ? '' : ` ${unit}`}`;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Docs = ReadonlyMap<string, string>;

/** @param files with the schemas, from the repository's root @param root name of the outermost schema */
export function docsOf(files: readonly string[], root: string): Docs {
  const sources = files.map((file) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8'));
  return fieldDocs(sources.join('\n'), root);
}

/** Describes the file as written, where durations are texts. */
export function describedSchema(schema: z.ZodType, docs: Docs): JsonSchema {
  const plain: JsonSchema = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));
  describeFields(plain, '', docs);
  return plain;
}

/** Without what only the pages read, because a strict validator refuses unknown keywords. */
export function schemaFile(file: string, schema: JsonSchema): Page {
  const known = (key: string, value: unknown) => (key.startsWith('x-') ? undefined : value);
  return { file, text: `${JSON.stringify(schema, known, 2)}\n` };
}

/** A heading and a table for the fields of each top-level object. */
export function fieldSections(schema: JsonSchema, docs: Docs): string[] {
  const rows = fieldRows(schema);
  const groups = [...new Set(rows.map((row) => groupOf(row)))];
  return groups.map((group) =>
    [
      `## ${group === '' ? 'Top level' : markdownCode(group)}`,
      ...(docs.get(group) === undefined ? [] : [docs.get(group) ?? '']),
      markdownTable(
        ['field', 'type', 'default', 'range', 'meaning'],
        rows
          .filter((row) => groupOf(row) === group && !isGroup(row, rows))
          .map((row) => [
            markdownCode(row.path),
            row.type,
            row.required ? 'required' : markdownCode(row.default),
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

/** An object or list whose fields have their own rows; a list with a default has its own row, too. */
function isGroup({ path, type }: FieldRow, rows: readonly FieldRow[]): boolean {
  return type === 'object' && rows.some((row) => row.path.startsWith(`${path}.`));
}
