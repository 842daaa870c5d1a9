/** Requests of a Postman collection (https://schema.postman.com/, v2.0 and v2.1), with its variables filled in. Scripts are not run. */
import * as z from 'zod';
import type { Planned } from './planned-request.ts';

const pairSchema = z.looseObject({
  key: z.string().nullish(),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .nullish()
    .transform((value) => String(value ?? '')),
  disabled: z.boolean().optional(),
});
const pairs = z.array(pairSchema).nullish().catch(null);

const urlSchema = z.union([z.string(), z.looseObject({ raw: z.string(), variable: pairs })]);
const bodySchema = z.looseObject({
  mode: z.string().nullish(),
  raw: z.string().nullish(),
  urlencoded: pairs,
  graphql: z.looseObject({ query: z.string(), variables: z.unknown() }).nullish().catch(null),
  options: z
    .looseObject({ raw: z.looseObject({ language: z.string() }).optional() })
    .nullish()
    .catch(null),
});
const requestSchema = z.looseObject({
  method: z.string().default('GET'),
  url: urlSchema,
  header: pairs,
  body: bodySchema.nullish(),
});
const itemSchema = z.looseObject({
  name: z.string().default(''),
  item: z.array(z.unknown()).optional(),
  request: z.union([requestSchema, z.string().transform((url) => requestSchema.parse({ url }))]).optional(),
});
const collectionSchema = z.looseObject({ item: z.array(z.unknown()), variable: pairs });
type Request = z.infer<typeof requestSchema>;

/** Folders nest; deeper ones hold no request. */
const DEEPEST = 20;

export function postmanRequests(document: unknown, source: number, values: ReadonlyMap<string, string>): Planned[] {
  const { item, variable } = collectionSchema.parse(document);
  const known = new Map([...enabled(variable), ...values]);
  const planned: Planned[] = [];
  const walk = (items: readonly unknown[], depth: number) => {
    for (const one of items) {
      const at = { source, line: planned.length + 1 };
      const parsed = itemSchema.safeParse(one);
      if (!parsed.success) planned.push({ skipped: 'the collection holds an item that is no request', at });
      else if (parsed.data.item !== undefined) {
        if (depth < DEEPEST) walk(parsed.data.item, depth + 1);
      } else if (parsed.data.request !== undefined)
        planned.push({ ...requestOf(parsed.data.name, parsed.data.request, known), at });
    }
  };
  walk(item, 0);
  return planned;
}

function requestOf(name: string, { method, url, header, body }: Request, values: ReadonlyMap<string, string>) {
  const raw = typeof url === 'string' ? url : url.raw;
  const inPath = typeof url === 'string' ? new Map<string, string>() : new Map(enabled(url.variable));
  const fill = (text: string) =>
    text.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, key: string) => values.get(key) ?? whole);
  const host = /^(?:[a-z]+:\/\/[^/?#]*|\{\{[^{}]+\}\}|[^/?#]+)/i;
  const template = fill(raw.replace(host, '')).replace(/#.*$/s, '') || '/';
  const target = template.replaceAll(/\/:([\w-]+)/g, (whole, key: string) => {
    const value = values.get(key) ?? inPath.get(key);
    return value === undefined || value === '' ? whole : `/${encodeURIComponent(fill(value))}`;
  });
  const missing = /\{\{\s*([^{}]+?)\s*\}\}|\/:([\w-]+)/.exec(target);
  if (missing !== null)
    return { skipped: `no value for ${missing[1] ?? missing[2]}; --value ${missing[1] ?? missing[2]}=… gives it` };
  const headers = enabled(header).map(([key, value]): [string, string] => [key, fill(value)]);
  const [type, content] = contentOf(body ?? null, fill);
  if (type !== null && !headers.some(([key]) => key.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', type]);
  const path = template.replace(/\?.*$/s, '').replaceAll(/\/:([\w-]+)/g, '/{$1}');
  return {
    id: `postman-${name.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 150),
    route: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    target: encodeURI(decoded(target)),
    headers,
    body: content === null ? null : Buffer.from(content),
  };
}

function contentOf(body: Request['body'] | null, fill: (text: string) => string): [string | null, string | null] {
  if (body == null) return [null, null];
  if (body.mode === 'raw' && body.raw) {
    const isJson = body.options?.raw?.language === 'json' || /^\s*[[{]/.test(body.raw);
    return [isJson ? 'application/json' : 'text/plain', fill(body.raw)];
  }
  if (body.mode === 'urlencoded') {
    const form = new URLSearchParams(
      enabled(body.urlencoded).map(([key, value]): [string, string] => [key, fill(value)]),
    );
    return ['application/x-www-form-urlencoded', form.toString()];
  }
  if (body.mode === 'graphql' && body.graphql != null)
    return [
      'application/json',
      fill(JSON.stringify({ query: body.graphql.query, variables: variablesOf(body.graphql.variables) })),
    ];
  return [null, null];
}

function variablesOf(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given === '' ? '{}' : given);
  } catch {
    return given;
  }
}

function enabled(list: z.infer<typeof pairs>): [string, string][] {
  return (list ?? []).flatMap(({ key, value, disabled }): [string, string][] =>
    key == null || key === '' || disabled === true ? [] : [[key, value]],
  );
}

function decoded(target: string): string {
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}
