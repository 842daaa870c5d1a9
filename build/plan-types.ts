/**
 * Types of files that people write, for users of the package: the compiler omits the comments of zod's fields from
 * declarations.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

/** The content of a JSON Schema. */
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
 * Writes out a type in its declaration, with each field's comment and default.
 * @param inferred the type's name, and the zod schema from which it is inferred
 * @param schema the same as JSON Schema, with descriptions
 * @throws if the declaration does not infer the type from that schema
 */
export function documentType(
  declarationFile: string,
  [name, of]: readonly [name: string, schema: string],
  schema: unknown,
): void {
  const declaration = readFileSync(declarationFile, 'utf8');
  const inferred = `export type ${name} = z.input<typeof ${of}>;`;
  if (!declaration.includes(inferred)) throw new Error(`${declarationFile} has no ${inferred}`);
  const type = typeOf(nodeSchema.parse(schema));
  writeFileSync(
    declarationFile,
    declaration.replace(inferred, () => `export type ${name} = ${type};`),
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
