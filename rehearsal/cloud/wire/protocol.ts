/**
 * The wire format: what AWS's SDK clients send, and what they expect. One function per operation; errors have AWS's
 * names.
 */
import type * as z from 'zod';

/** An error with AWS's name. 4xx, except for throttling, which the SDK retries by name. */
export class CloudError extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** Operations of a service with the JSON protocol: parsed body in, plain object out. */
export type JsonOperations = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;
/** Operations of a service with the Query protocol: form parameters in, plain object out (rendered as XML). */
export type QueryOperations = Readonly<Record<string, (parameters: URLSearchParams, accessKeyId: string) => unknown>>;

/** The validated input; AWS's error if its model does not allow the request. @throws CloudError */
export function parse<T>(schema: z.ZodType<T>, input: unknown, error = 'ValidationException'): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  throw new CloudError(error, problems.join('; '));
}

/**
 * Operations that refuse a parameter which they do not read, rather than answer as if it had not been given.
 * @param parameters those of each operation, lists and structures by their first name
 */
export function reading(
  parameters: Readonly<Record<string, readonly string[]>>,
  operations: QueryOperations,
  error = 'ValidationError',
): QueryOperations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (given, accessKeyId) => {
        const read = ['Action', 'Version', ...(parameters[name] ?? [])];
        const unread = [...given.keys()].find((key) => !read.includes(key.split('.')[0] ?? ''));
        if (unread !== undefined) throw new CloudError(error, `${unread} of ${name} is not known here`);
        return operation(given, accessKeyId);
      },
    ]),
  );
}

/** The values of `Prefix.member.N`, in order. */
export function members(parameters: URLSearchParams, prefix: string): string[] {
  const values: string[] = [];
  for (let i = 1; ; i++) {
    const value = parameters.get(`${prefix}.member.${i}`);
    if (value === null) return values;
    values.push(value);
  }
}

/** XML of the Query protocol: lists as `member` elements, maps as `entry` elements, absent values omitted. */
export function toXml(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((v) => `<member>${toXml(v)}</member>`).join('');
  if (value instanceof Map)
    return [...value].map(([key, of]) => `<entry><key>${toXml(key)}</key><value>${toXml(of)}</value></entry>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, v]) => v !== undefined && v !== null)
      .map(([k, v]) => `<${k}>${toXml(v)}</${k}>`)
      .join('');
  }
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
