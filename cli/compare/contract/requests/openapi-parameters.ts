/** Serialises parameters of an OpenAPI operation (OpenAPI 3.1, "Style Values"). */
import * as z from 'zod';
import { jsonText } from '../../../../json/index.ts';
import { aroundNames } from './names.ts';

export const parameterSchema = z.looseObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  style: z.string().optional(),
  explode: z.boolean().optional(),
  allowReserved: z.boolean().optional(),
});
export type Parameter = z.infer<typeof parameterSchema>;

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: '%20', pipeDelimited: '|', tabDelimited: '%09' };

/** Encodes a text for a URL. */
export const encodedInUrl = (text: string) => aroundNames(text, encodeURIComponent);

/** Reserved characters that do not end a value in a query. */
const RESERVED = /%(?:2F|3A|3F|40|21|24|27|28|29|2A|2C|3B|3D)/g;

const reserved = (text: string) => encodedInUrl(text).replaceAll(RESERVED, decodeURIComponent);

/** One value in a path segment or a header field: `simple`, or `label` and `matrix` in a path. */
export function simple({ name, style, explode = false }: Parameter, value: unknown, encode: (text: string) => string) {
  const parts = flat(value, explode ? '=' : ',', encode);
  switch (style) {
    case 'label':
      return `.${parts.join(explode ? '.' : ',')}`;
    case 'matrix':
      return explode && Array.isArray(value)
        ? parts.map((part) => `;${name}=${part}`).join('')
        : explode && isObject(value)
          ? parts.map((part) => `;${part}`).join('')
          : `;${name}=${parts.join(',')}`;
    default:
      return parts.join(',');
  }
}

/** The `name=value` pairs of a query: `form`, unless the parameter specifies another style. */
export function query(parameter: Parameter, value: unknown): string[] {
  const { name, style = 'form', explode = style === 'form', allowReserved = false } = parameter;
  const encode = allowReserved ? reserved : encodedInUrl;
  const key = encodeURIComponent(name);
  // A query cannot express null; if a schema's default is null, clients omit the parameter.
  if (value === null) return [];
  if (style === 'deepObject' && isObject(value))
    return Object.entries(value).map(([k, v]) => `${key}[${encodeURIComponent(k)}]=${encode(text(v))}`);
  if (explode && Array.isArray(value)) return value.map((item) => `${key}=${encode(text(item))}`);
  if (explode && isObject(value)) return flat(value, '=', encode);
  return [`${key}=${flat(value, ',', encode).join(SEPARATORS[style] ?? ',')}`];
}

function flat(value: unknown, between: string, encode: (text: string) => string): string[] {
  if (Array.isArray(value)) return value.map((item) => encode(text(item)));
  if (isObject(value)) return Object.entries(value).map(([k, v]) => `${encode(k)}${between}${encode(text(v))}`);
  return [encode(text(value))];
}

function text(value: unknown): string {
  return typeof value === 'object' && value !== null ? jsonText(value) : String(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
