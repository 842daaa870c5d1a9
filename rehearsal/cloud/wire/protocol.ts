/** The wire: what AWS's SDK clients send, and what they expect back. One function per operation; errors by AWS's names. */
import type * as z from 'zod';

/** An error as AWS names it. 4xx, but for throttles, which the SDK retries by name. */
export class CloudError extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** Operations of a service that speaks JSON: parsed body in, plain object out. */
export type JsonOperations = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;
/** Operations of a service that speaks Query: form parameters in, plain object out (rendered as XML). */
export type QueryOperations = Readonly<Record<string, (parameters: URLSearchParams, accessKeyId: string) => unknown>>;

/** The input, or what AWS answers to a request that its model does not allow. @throws CloudError */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  throw new CloudError('ValidationException', problems.join('; '));
}

/** `Prefix.member.N` values in order. */
export function members(parameters: URLSearchParams, prefix: string): string[] {
  const values: string[] = [];
  for (let i = 1; ; i++) {
    const value = parameters.get(`${prefix}.member.${i}`);
    if (value === null) return values;
    values.push(value);
  }
}

/** AWS Query's XML: lists as `member` elements, maps as `entry` ones, absent values left out. */
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
