/** The type of a plan for users of the package: the compiler leaves the comments of zod's fields out of declarations. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const INFERRED = 'export type PlanInput = z.input<typeof planSchema>;';

/** What stands in the JSON Schema of a plan. */
const nodeSchema = z.looseObject({
  description: z.string().optional(),
  default: z.unknown().optional(),
  type: z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean']).optional(),
  const: z.json().optional(),
  enum: z.array(z.json()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
});
type Node = z.infer<typeof nodeSchema>;

/**
 * Writes the plan's type out in its declaration, with each field's comment and default.
 * @param schemaFile JSON Schema of the plan
 * @throws when the declaration does not say the type as it did when this was written
 */
export function documentPlan(declarationFile: string, schemaFile: string): void {
  const declaration = readFileSync(declarationFile, 'utf8');
  if (!declaration.includes(INFERRED)) throw new Error(`${declarationFile} has no ${INFERRED}`);
  const type = typeOf(nodeSchema.parse(JSON.parse(readFileSync(schemaFile, 'utf8'))));
  writeFileSync(
    declarationFile,
    declaration.replace(INFERRED, () => `export type PlanInput = ${type};`),
  );
}

function typeOf(node: Node): string {
  if (node.oneOf !== undefined) return union(node.oneOf.map((kind) => typeOf(nodeSchema.parse(kind))));
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return union(node.enum.map((value) => JSON.stringify(value)));
  switch (node.type) {
    case 'object':
      return node.properties === undefined
        ? `Record<string, ${typeOf(nodeSchema.parse(node.additionalProperties))}>`
        : `{\n${Object.entries(node.properties).map(fieldOf(node)).join('\n')}\n}`;
    case 'array':
      return `(${typeOf(nodeSchema.parse(node.items))})[]`;
    case 'integer':
      return 'number';
    case undefined:
      throw new Error(`no type for ${JSON.stringify(node)}`);
    default:
      return node.type;
  }
}

function fieldOf({ required }: Node): (field: [string, unknown]) => string {
  return ([name, schema]) => {
    const node = nodeSchema.parse(schema);
    const standard = node.default === undefined ? [] : [`@default ${JSON.stringify(node.default)}`];
    const doc = [...(node.description === undefined ? [] : [node.description]), ...standard].join(' ');
    const field = required.includes(name) ? `${name}: ${typeOf(node)};` : `${name}?: ${typeOf(node)} | undefined;`;
    return doc === '' ? field : `/** ${doc} */\n${field}`;
  };
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
