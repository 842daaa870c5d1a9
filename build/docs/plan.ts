/** The plan: every field with its type, default, range and meaning; and the same as a JSON Schema, for editors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { planSchema } from '../../core/model/index.ts';
import { docOf, fieldDocs } from './field-docs.ts';
import { type FieldRow, fieldRows } from './json-schema.ts';
import { code, type Page, page, table } from './markdown.ts';

const SCHEMA_FILE = 'docs/reference/plan.schema.json';

export function planPage(): Page {
  const docs = planDocs();
  const rows = fieldRows(jsonSchema());
  const groups = [...new Set(rows.map((row) => groupOf(row)))];
  return page(
    'docs/reference/plan.md',
    'The plan',
    'A plan is a JSON object. Every field has a default, so `{}` is a valid plan; unknown keys are refused. Durations are ISO-8601 with weeks, days, hours, minutes and seconds, such as `PT90M` or `P2D`. `crossfade plan FILE` checks a plan without AWS.',
    `[plan.schema.json](plan.schema.json) holds the same as a JSON Schema (\`crossfade/plan.schema.json\` in the package): put \`"$schema"\` into your editor's settings, not into the plan.`,
    ...groups.map((group) =>
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
    ),
    RULES,
  );
}

const RULES = `## Rules between fields

- \`stages[].percent\` rises from stage to stage, in steps of at least 0.1, and the last stage is 100.
- \`stages[].bake\` is at least \`gate.observe\`.
- \`gate.errorMargin\` is below \`gate.maxErrorRate\`.
- A \`metrics[]\` of kind \`count\` has either \`margin\` or \`relativeMargin\`, one of kind \`value\` either \`tolerance\` or
  \`relativeTolerance\`; names differ; their shares of α sum to at most 0.5.
- The whole plan stays within the history limit of Step Functions; \`crossfade plan\` says how many events it may need.`;

export function planSchemaFile(): Page {
  return { file: SCHEMA_FILE, text: `${JSON.stringify(jsonSchema(), null, 2)}\n` };
}

/** Of a plan as written: durations are texts. */
function jsonSchema(): JsonSchema {
  const plain: JsonSchema = JSON.parse(JSON.stringify(z.toJSONSchema(planSchema, { io: 'input' })));
  describeFields(plain, '', planDocs());
  return plain;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Gives each field its doc comment as its description. */
function describeFields(schema: JsonSchema, path: string, docs: ReadonlyMap<string, string>): void {
  const { properties, items, oneOf } = schema;
  const doc = docs.get(path);
  if (doc !== undefined) schema.description = doc;
  for (const [name, inner] of Object.entries(properties ?? {}))
    if (isSchema(inner)) describeFields(inner, path === '' ? name : `${path}.${name}`, docs);
  for (const kind of oneOf ?? []) if (isSchema(kind)) describeKind(kind, path, docs);
  if (isSchema(items)) describeFields(items, `${path}[]`, docs);
}

/** One kind of a union: its fields are described, and it keeps no description of the whole. */
function describeKind(schema: JsonSchema, path: string, docs: ReadonlyMap<string, string>): void {
  describeFields(schema, path, docs);
  delete schema.description;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function planDocs(): ReadonlyMap<string, string> {
  const model = join(import.meta.dirname, '..', '..', 'core', 'model');
  const sources = ['plan.ts', 'plan-metrics.ts'].map((file) => readFileSync(join(model, file), 'utf8'));
  return fieldDocs(sources.join('\n'), 'planSchema');
}

function groupOf({ path }: FieldRow): string {
  const dot = path.indexOf('.');
  return dot === -1 ? '' : path.slice(0, dot);
}

/** An object or list whose fields have rows of their own; a list's default is worth its own row. */
function isGroup({ path, type }: FieldRow, rows: readonly FieldRow[]): boolean {
  return type === 'object' && rows.some((row) => row.path.startsWith(`${path}.`));
}
