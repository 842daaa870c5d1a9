/** Examples that an OpenAPI document gives. Nothing is made up: a value without an example has none. */
import * as z from 'zod';

/** Schemas nest, and may contain themselves. */
const DEEPEST = 12;

export type Resolve = (value: unknown) => unknown;

const exampleObjectSchema = z.looseObject({ value: z.unknown() });

/** What parameters and media types have in common. */
export const exampledSchema = z.looseObject({
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.unknown()).optional(),
  schema: z.unknown().optional(),
});
export type Exampled = z.infer<typeof exampledSchema>;

const schemaSchema = z.looseObject({
  example: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** Example values by name; one that has no name is called ''. Empty: there is none. */
export function examplesOf({ example, examples, schema }: Exampled, resolve: Resolve): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>();
  for (const [name, given] of Object.entries(examples ?? {})) {
    const object = exampleObjectSchema.safeParse(resolve(given));
    if (object.success && 'value' in object.data) named.set(name, object.data.value);
  }
  if (named.size > 0) return named;
  const value = example !== undefined ? resolve(example) : exampleOfSchema(schema, resolve);
  return value === undefined ? named : new Map([['', value]]);
}

/** An example of a schema, put together from those of its parts where it has none as a whole; undefined: there is none. */
export function exampleOfSchema(given: unknown, resolve: Resolve, depth = 0): unknown {
  const parsed = schemaSchema.safeParse(resolve(given));
  if (!parsed.success || depth > DEEPEST) return undefined;
  const schema = parsed.data;
  const whole = [schema.example, schema.examples?.[0], schema.const, schema.default, schema.enum?.[0]];
  const found = whole.find((value) => value !== undefined);
  if (found !== undefined) return found;
  const of = (part: unknown) => exampleOfSchema(part, resolve, depth + 1);
  if (schema.allOf !== undefined) return merged([...schema.allOf.map(of), propertiesOf(schema, of)]);
  const choice = schema.oneOf ?? schema.anyOf;
  if (choice !== undefined) return choice.map(of).find((value) => value !== undefined);
  if (schema.items !== undefined) {
    const item = of(schema.items);
    return item === undefined ? undefined : [item];
  }
  return propertiesOf(schema, of);
}

function propertiesOf(schema: z.infer<typeof schemaSchema>, of: (part: unknown) => unknown): unknown {
  if (schema.properties === undefined) return undefined;
  const values = Object.entries(schema.properties)
    .map(([name, part]) => [name, of(part)] as const)
    .filter(([, value]) => value !== undefined);
  const known = new Set(values.map(([name]) => name));
  const whole = (schema.required ?? []).every((name) => known.has(name));
  return whole && values.length > 0 ? Object.fromEntries(values) : undefined;
}

function merged(parts: readonly unknown[]): unknown {
  const objects = parts.filter((part) => typeof part === 'object' && part !== null);
  return objects.length === 0 ? undefined : Object.assign({}, ...objects);
}
