/** Examples from an OpenAPI document or the command. Nothing is invented: a value without an example is missing. */
import * as z from 'zod';
import { jsonText } from '../../../../json/index.ts';

const DEEPEST = 12;

export type Resolve = (value: unknown) => unknown;

/** Sources for members without an example in the document. */
export interface Members {
  /** By name, as given to the command. */
  readonly values: ReadonlyMap<string, string>;
  /** Filled during the search: required members without a value. */
  readonly lacking: Set<string>;
  /** Filled during the search: required members that are files. */
  readonly files: Set<string>;
}

const exampleObjectSchema = z.looseObject({ value: z.unknown() });

/** The common fields of parameters and media types. */
export const exampledSchema = z.looseObject({
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.unknown()).optional(),
  schema: z.unknown().optional(),
  /** For a parameter that is written in a media type. */
  content: z.record(z.string(), z.unknown()).optional(),
});
export type Exampled = z.infer<typeof exampledSchema>;

const schemaSchema = z.looseObject({
  type: z.unknown().optional(),
  format: z.unknown().optional(),
  example: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  /** For a member that the service sets and no client sends. */
  readOnly: z.boolean().optional().catch(undefined),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  discriminator: z
    .looseObject({ propertyName: z.string(), mapping: z.record(z.string(), z.string()).optional() })
    .optional()
    .catch(undefined),
});
type Schema = z.infer<typeof schemaSchema>;

/** Example values by name; an unnamed one is called ''. Empty if there is none. */
export function examplesOf(
  { example, examples, schema, content }: Exampled,
  resolve: Resolve,
  members: Members = NO_MEMBERS,
): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>();
  for (const [name, given] of Object.entries(examples ?? {})) {
    const object = exampleObjectSchema.safeParse(resolve(given));
    if (object.success && 'value' in object.data) named.set(name, object.data.value);
  }
  if (named.size > 0) return named;
  const value = example !== undefined ? resolve(example) : exampleOfSchema(schema, resolve, members);
  if (value !== undefined) return new Map([['', value]]);
  const [[mediaType, media] = []] = Object.entries(content ?? {});
  const written = media === undefined ? named : examplesOf(exampledSchema.catch({}).parse(resolve(media)), resolve);
  const asText = (one: unknown) => (/json/i.test(mediaType ?? '') && typeof one !== 'string' ? jsonText(one) : one);
  return new Map([...written].map(([name, one]) => [name, asText(one)]));
}

/** An example of a schema, composed from those of its parts if it has none as a whole; undefined if there is none. */
export function exampleOfSchema(schema: unknown, resolve: Resolve, members: Members = NO_MEMBERS): unknown {
  return new Examples(resolve, members).of(schema, new Map());
}

const NO_MEMBERS: Members = { values: new Map(), lacking: new Set(), files: new Set() };

/** Property values that are determined by the choice among several schemas. */
type Decided = ReadonlyMap<string, unknown>;

class Examples {
  readonly #resolve: Resolve;
  readonly #given: Members;
  /** Schemas may contain themselves; a part is omitted within itself. */
  readonly #making = new Set<unknown>();

  constructor(resolve: Resolve, members: Members) {
    this.#resolve = resolve;
    this.#given = members;
  }

  of(given: unknown, decided: Decided): unknown {
    const resolved = this.#resolve(given);
    const parsed = schemaSchema.safeParse(resolved);
    if (!parsed.success || this.#making.has(resolved) || this.#making.size > DEEPEST) return undefined;
    this.#making.add(resolved);
    const example = this.#ofSchema(
      { ...parsed.data, ...besideReference(given) },
      new Map([...this.#byName(given, parsed.data), ...decided]),
    );
    this.#making.delete(resolved);
    return example;
  }

  #ofSchema(schema: Schema, decided: Decided): unknown {
    const whole = [schema.example, schema.examples?.[0], schema.const, schema.default, schema.enum?.[0]];
    const found = whole.find((value) => value !== undefined);
    if (found !== undefined) return found;
    const choice = schema.oneOf ?? schema.anyOf;
    if (choice !== undefined && schema.allOf === undefined) return this.#chosen(choice, schema, decided);
    if (schema.items !== undefined) {
      const item = this.of(schema.items, new Map());
      return item === undefined ? undefined : [item];
    }
    const { values, required } = this.#members(schema, decided);
    const lacking = [...required].filter((name) => !values.has(name));
    for (const name of lacking)
      (isFile(this.#schemaOf(schema.properties?.[name])) ? this.#given.files : this.#given.lacking).add(name);
    return values.size > 0 && lacking.length === 0 ? Object.fromEntries(values) : undefined;
  }

  #chosen(choice: readonly unknown[], { discriminator }: Schema, decided: Decided): unknown {
    for (const one of choice) {
      const named =
        discriminator === undefined ? [] : [[discriminator.propertyName, nameFor(one, discriminator)] as const];
      const example = this.of(one, new Map([...decided, ...named]));
      if (example !== undefined) return example;
    }
    return undefined;
  }

  /** Properties of a schema and of all schemas that it combines. */
  #members(schema: Schema, decided: Decided): { values: Map<string, unknown>; required: Set<string> } {
    const values = new Map<string, unknown>();
    const required = new Set(schema.required);
    for (const part of schema.allOf ?? []) {
      const resolved = this.#resolve(part);
      const parsed = schemaSchema.safeParse(resolved);
      if (!parsed.success || this.#making.has(resolved) || this.#making.size > DEEPEST) continue;
      this.#making.add(resolved);
      const isWhole = parsed.data.properties === undefined && parsed.data.allOf === undefined;
      const whole = isWhole ? this.#ofSchema(parsed.data, decided) : parsed.data.example;
      const own = this.#members(parsed.data, decided);
      for (const [name, value] of [...own.values, ...Object.entries(whole ?? {})]) values.set(name, value);
      for (const name of own.required) required.add(name);
      this.#making.delete(resolved);
    }
    for (const [name, part] of Object.entries(schema.properties ?? {})) {
      if (this.#schemaOf(part).readOnly === true) {
        required.delete(name);
        continue;
      }
      // null is a value.
      const documented = decided.has(name) ? decided.get(name) : this.of(part, new Map());
      const value = documented === undefined ? this.#valueOf(name, part) : documented;
      if (value !== undefined) values.set(name, value);
    }
    return { values, required };
  }

  /** The command's value of a member, converted to the type of its schema. */
  #valueOf(name: string, part: unknown): unknown {
    const value = this.#given.values.get(name);
    const schema = this.#schemaOf(part);
    if (value === undefined || isFile(schema)) return undefined;
    if ([schema.type].flat().includes('string')) return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }

  #schemaOf(part: unknown): Schema {
    return schemaSchema.catch({}).parse(this.#resolve(part));
  }

  /** A schema that others extend has a property that says which of them an object is. */
  #byName(given: unknown, schema: Schema): Decided {
    const parts = [schema, ...(schema.allOf ?? []).map((part) => this.#schemaOf(part))];
    const discriminator = parts.find((part) => part.discriminator !== undefined)?.discriminator;
    const name = discriminator === undefined ? undefined : nameFor(given, discriminator);
    return discriminator === undefined || name === undefined
      ? new Map()
      : new Map([[discriminator.propertyName, name]]);
  }
}

/** Keywords that OpenAPI 3.1 permits next to a reference, and that apply only to this place. */
function besideReference(given: unknown): Partial<Schema> {
  const beside = z.looseObject({ $ref: z.string() }).and(schemaSchema).safeParse(given);
  if (!beside.success) return {};
  const { example, examples, const: only, default: usual } = beside.data;
  return Object.fromEntries(
    Object.entries({ example, examples, const: only, default: usual }).filter(([, value]) => value !== undefined),
  );
}

const isFile = ({ type, format }: Schema) => type === 'file' || format === 'binary';

function nameFor(reference: unknown, { mapping = {} }: NonNullable<Schema['discriminator']>): string | undefined {
  const { $ref } = z.looseObject({ $ref: z.string().optional() }).catch({}).parse(reference);
  const name = $ref?.split('/').at(-1);
  return Object.entries(mapping).find(([, to]) => to === $ref || to === name)?.[0] ?? name;
}
