/**
 * AWS's own description of a service, as botocore carries it: which members a structure has, which of them are required,
 * and their lengths, ranges, patterns and values.
 * https://smithy.io/2.0/spec/constraint-traits.html
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

const shapeSchema = z.looseObject({
  type: z.string(),
  members: z.record(z.string(), z.looseObject({ shape: z.string() })).default({}),
  required: z.array(z.string()).default([]),
  member: z.looseObject({ shape: z.string() }).optional(),
  value: z.looseObject({ shape: z.string() }).optional(),
  enum: z.array(z.string()).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
});
type Shape = z.infer<typeof shapeSchema>;
const reference = z.looseObject({ shape: z.string() });
const modelSchema = z.looseObject({
  operations: z.record(
    z.string(),
    z.looseObject({
      input: reference.optional(),
      output: reference.optional(),
      errors: z.array(reference).default([]),
    }),
  ),
  shapes: z.record(z.string(), shapeSchema),
});

/** A value of a request that the model does not allow, and where. */
export interface Breach {
  readonly what: string;
  readonly input: Record<string, unknown>;
}

/** Longer texts and lists are not made for a test. */
const LONGEST = 300_000;

export class ServiceModel {
  readonly #model: z.infer<typeof modelSchema>;

  /** @param data the folder `botocore/data` */
  constructor(data: string, service: string) {
    const version = readdirSync(join(data, service)).sort().at(-1) ?? '';
    this.#model = modelSchema.parse(
      JSON.parse(gunzipSync(readFileSync(join(data, service, version, 'service-2.json.gz'))).toString('utf8')),
    );
  }

  /** Names of the errors that the operation declares, as the SDK throws them. */
  errorsOf(operation: string): string[] {
    return this.#operation(operation).errors.map(({ shape }) => shape);
  }

  /** Where an answer is not of the operation's output: unknown or missing members, other types, other values. */
  problemsOf(operation: string, output: unknown): string[] {
    const { output: reference } = this.#operation(operation);
    return reference === undefined ? [] : this.#problems(reference.shape, output, operation);
  }

  /** Requests that differ from this one in one member, which the model does not allow. */
  breachesOf(operation: string, input: Record<string, unknown>): Breach[] {
    const { input: reference } = this.#operation(operation);
    return reference === undefined ? [] : this.#breaches(reference.shape, input, operation);
  }

  #operation(name: string) {
    const operation = this.#model.operations[name];
    if (operation === undefined) throw new RangeError(`no operation ${name}`);
    return operation;
  }

  #shape(name: string): Shape {
    const shape = this.#model.shapes[name];
    if (shape === undefined) throw new RangeError(`no shape ${name}`);
    return shape;
  }

  #problems(name: string, value: unknown, at: string): string[] {
    const shape = this.#shape(name);
    if (value === undefined || value === null) return [];
    if (shape.type === 'structure') return this.#problemsOfStructure(shape, value, at);
    if (shape.type === 'list' && Array.isArray(value))
      return value.flatMap((one, i) => this.#problems(shape.member?.shape ?? '', one, `${at}[${i}]`));
    if (shape.type === 'map') return [];
    if (shape.type === 'string' && typeof value !== 'string') return [`${at} is no text`];
    if (shape.type === 'timestamp') return value instanceof Date ? [] : [`${at} is no time`];
    if (/^(integer|long|double|float)$/.test(shape.type) && typeof value !== 'number') return [`${at} is no number`];
    if (shape.type === 'boolean' && typeof value !== 'boolean') return [`${at} is neither true nor false`];
    if (shape.type === 'list') return [`${at} is no list`];
    return faultsOf(shape, value).map((fault) => `${at} ${fault}`);
  }

  #problemsOfStructure(shape: Shape, value: unknown, at: string): string[] {
    const { success, data } = z.record(z.string(), z.unknown()).safeParse(value);
    if (!success) return [`${at} is no structure`];
    const missing = shape.required.filter((member) => data[member] === undefined);
    const within = Object.entries(data).flatMap(([member, of]) => {
      const known = shape.members[member];
      return known === undefined ? [`${at}.${member} is unknown`] : this.#problems(known.shape, of, `${at}.${member}`);
    });
    return [...missing.map((member) => `${at}.${member} is missing`), ...within];
  }

  #breaches(name: string, input: Record<string, unknown>, at: string): Breach[] {
    const shape = this.#shape(name);
    const without = shape.required
      .filter((member) => member in input)
      .map((member) => ({ what: `${at} without ${member}`, input: { ...input, [member]: undefined } }));
    const within = Object.entries(shape.members).flatMap(([member, { shape: of }]) =>
      this.#breachesOfMember(of, input[member], `${at}.${member}`).map(({ what, value }) => ({
        what,
        input: { ...input, [member]: value },
      })),
    );
    return [...without, ...within];
  }

  /** Members that the request does not have are given only if they are a text or a number. */
  #breachesOfMember(name: string, given: unknown, at: string): { what: string; value: unknown }[] {
    const shape = this.#shape(name);
    const structure = z.record(z.string(), z.unknown()).safeParse(given);
    if (shape.type === 'structure' && structure.success)
      return this.#breaches(name, structure.data, at).map(({ what, input }) => ({ what, value: input }));
    if (shape.type === 'list' && Array.isArray(given)) {
      const [first] = given;
      const inside = this.#breachesOfMember(shape.member?.shape ?? '', first, `${at}[0]`);
      return [
        ...inside.map(({ what, value }) => ({ what, value: [value, ...given.slice(1)] })),
        ...(shape.min !== undefined && shape.min > 0 ? [{ what: `${at} of none`, value: [] }] : []),
        ...(shape.max === undefined
          ? []
          : [{ what: `${at} of ${shape.max + 1}`, value: Array.from({ length: shape.max + 1 }, () => first) }]),
      ];
    }
    return wrongOf(shape).map((value) => ({ what: `${at}: ${JSON.stringify(value).slice(0, 40)}`, value }));
  }
}

function faultsOf({ enum: values, min, max, pattern }: Shape, value: unknown): string[] {
  const size = typeof value === 'number' ? value : String(value).length;
  return [
    ...(values !== undefined && !values.includes(String(value)) ? [`is ${value}, of ${values.join(', ')}`] : []),
    ...(min !== undefined && size < min ? [`is less than ${min}`] : []),
    ...(max !== undefined && size > max ? [`is more than ${max}`] : []),
    ...(pattern !== undefined && !matches(pattern, String(value)) ? [`does not match ${pattern}`] : []),
  ];
}

/** Values that the shape does not allow. */
function wrongOf(shape: Shape): (string | number)[] {
  const { type, min, max, pattern } = shape;
  if (type === 'integer' || type === 'long')
    return [...(min === undefined ? [] : [min - 1]), ...(max === undefined ? [] : [max + 1])];
  if (type !== 'string') return [];
  if (shape.enum !== undefined) return ['none of these'];
  return [
    ...(min !== undefined && min > 0 ? [''] : []),
    ...(max !== undefined && max < LONGEST ? ['x'.repeat(max + 1)] : []),
    ...(pattern !== undefined && !matches(pattern, 'ä ?\u0001') ? ['ä ?\u0001'] : []),
  ];
}

/** true for a pattern that is none in this language. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text);
  } catch {
    return true;
  }
}
