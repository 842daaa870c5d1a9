/** A JSON Schema as rows of a table: path, type, default, range. */
import * as z from 'zod';
import { code } from './markdown.ts';

/** What the pages read of a JSON Schema. */
const nodeSchema = z.looseObject({
  type: z.string().optional(),
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
  /** Such as `gate.alpha` or `stages[].percent`. */
  readonly path: string;
  readonly type: string;
  /** JSON; empty without one. */
  readonly default: string;
  readonly required: boolean;
  readonly range: string;
}

/** Fields of an object in the order of the schema; an object's own row comes before those of its fields. */
export function fieldRows(schema: unknown, prefix = ''): FieldRow[] {
  const { properties = {}, required = [] } = nodeSchema.parse(schema);
  return Object.entries(properties).flatMap(([name, value]) => {
    const node = nodeSchema.parse(value);
    const path = `${prefix}${name}`;
    const items = itemsOf(node);
    const below = node.properties !== undefined ? fieldRows(node, `${path}.`) : [];
    const elements = items?.properties === undefined ? [] : fieldRows(items, `${path}[].`);
    const row = {
      path,
      type: typeOf(node),
      default: node.properties !== undefined || node.default === undefined ? '' : JSON.stringify(node.default),
      required: required.includes(name) && node.default === undefined,
      range: rangeOf(node),
    };
    return [row, ...below, ...elements];
  });
}

/** Null for a tuple and for a list of anything. */
function itemsOf({ items }: Node): Node | null {
  return typeof items === 'object' && items !== null ? nodeSchema.parse(items) : null;
}

function typeOf(node: Node): string {
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return [...new Set(choices.map((c) => typeOf(nodeSchema.parse(c))))].join(' or ');
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum !== undefined) return node.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (node.format === 'duration') return 'duration';
  if (node.format === 'date-time') return 'time (ISO-8601)';
  if (node.type !== 'array') return node.type ?? '';
  const items = itemsOf(node);
  if (node.prefixItems !== undefined) return `[${node.prefixItems.map((i) => typeOf(nodeSchema.parse(i))).join(', ')}]`;
  return items === null ? 'list' : `list of ${items.properties === undefined ? typeOf(items) : 'objects'}`;
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
    bound('at least', node.minItems, 'entries'),
    bound('at most', node.maxItems, 'entries'),
    bound('at most', node.maxLength, 'characters'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function bound(word: string, value: number | undefined, unit = ''): string {
  return value === undefined ? '' : `${word} ${value}${unit === '' ? '' : ` ${unit}`}`;
}
