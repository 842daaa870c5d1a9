/** Requests of a Postman collection (https://schema.postman.com/, v2.0 and v2.1), with its variables filled in. Scripts are not run. */
import * as z from 'zod';
import type { Planned } from './planned-request.ts';
import { type Login, loginOf } from './postman-auth.ts';
import { FORM_DATA_TYPE, formData } from './texts/index.ts';

const pairSchema = z.looseObject({
  key: z.string().nullish(),
  value: z
    .union([z.string(), z.number(), z.boolean()])
    .nullish()
    .transform((value) => String(value ?? '')),
  disabled: z.boolean().optional(),
});
const pairs = z.array(pairSchema).nullish().catch(null);
/** Version 2.0 may write fields as a text. */
const fields = z.union([z.string().transform(fieldsOfText), pairs]);

const urlSchema = z.union([z.string(), z.looseObject({ raw: z.string(), variable: pairs })]);
const bodySchema = z.looseObject({
  mode: z.string().nullish(),
  raw: z.string().nullish(),
  urlencoded: pairs,
  formdata: pairs,
  graphql: z.looseObject({ query: z.string(), variables: z.unknown() }).nullish().catch(null),
  options: z
    .looseObject({ raw: z.looseObject({ language: z.string() }).optional() })
    .nullish()
    .catch(null),
});
const requestSchema = z.looseObject({
  method: z.string().default('GET'),
  url: urlSchema,
  auth: z.unknown().optional(),
  header: fields,
  body: bodySchema.nullish(),
});
const itemSchema = z.looseObject({
  name: z.string().default(''),
  auth: z.unknown().optional(),
  item: z.array(z.unknown()).optional(),
  request: z.union([requestSchema, z.string().transform((url) => requestSchema.parse({ url }))]).optional(),
});
const collectionSchema = z.looseObject({ item: z.array(z.unknown()), variable: pairs, auth: z.unknown().optional() });
type Request = z.infer<typeof requestSchema>;

/** Folders nest; deeper ones hold no request. */
const DEEPEST = 20;

export function postmanRequests(document: unknown, source: number, values: ReadonlyMap<string, string>): Planned[] {
  const { item, variable, auth } = collectionSchema.parse(document);
  const known = new Map([...enabled(variable), ...values]);
  const planned: Planned[] = [];
  const walk = (items: readonly unknown[], depth: number, login: Login) => {
    for (const one of items) {
      const at = { source, line: planned.length + 1 };
      const parsed = itemSchema.safeParse(one);
      if (!parsed.success) planned.push({ skipped: 'the collection holds an item that is no request', at });
      else if (parsed.data.item !== undefined) {
        if (depth < DEEPEST) walk(parsed.data.item, depth + 1, loginOf(parsed.data.auth) ?? login);
      } else if (parsed.data.request !== undefined)
        planned.push({ ...requestOf(parsed.data.name, parsed.data.request, known, login), at });
    }
  };
  walk(item, 0, loginOf(auth) ?? {});
  return planned;
}

function requestOf(
  name: string,
  { method, url, header, body, auth }: Request,
  values: ReadonlyMap<string, string>,
  around: Login,
) {
  const raw = typeof url === 'string' ? url : url.raw;
  const inPath = typeof url === 'string' ? new Map<string, string>() : new Map(enabled(url.variable));
  const fill = (text: string) =>
    text.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (whole, key: string) => values.get(key) ?? whole);
  const host = /^(?:[a-z]+:\/\/[^/?#]*|\{\{[^{}]+\}\}|[^/?#]+)/i;
  const login = loginOf(auth) ?? around;
  const template = fill(`${basePathOf(raw, values)}${raw.replace(host, '')}`).replace(/#.*$/s, '') || '/';
  if (login.inQuery === true) return { skipped: 'an API key in the query would stand in every output' };
  const target = template.replaceAll(/\/:([\w-]+)/g, (whole, key: string) => {
    const value = values.get(key) ?? inPath.get(key);
    return value === undefined || value === '' ? whole : `/${encodeURIComponent(fill(value))}`;
  });
  const missing = /\{\{\s*([^{}]+?)\s*\}\}|\/:([\w-]+)/.exec(target);
  if (missing !== null)
    return { skipped: `no value for ${missing[1] ?? missing[2]}; --value ${missing[1] ?? missing[2]}=… gives it` };
  const headers = enabled(header).map(([key, value]): [string, string] => [key, fill(value)]);
  if (login.header !== undefined && !headers.some(([key]) => key.toLowerCase() === login.header?.[0].toLowerCase()))
    headers.push([login.header[0], fill(login.header[1])]);
  if (body?.mode === 'file' || body?.formdata?.some(({ type }) => type === 'file'))
    return { skipped: 'the body is a file, or a form with files' };
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
    body: typeof content === 'string' ? Buffer.from(content) : content,
  };
}

/** The path of the URL that a first variable such as `{{baseUrl}}` stands for. */
function basePathOf(raw: string, values: ReadonlyMap<string, string>): string {
  const name = /^\{\{\s*([^{}]+?)\s*\}\}/.exec(raw)?.[1];
  const base = name === undefined ? undefined : values.get(name);
  return base !== undefined && URL.canParse(base) ? new URL(base).pathname.replace(/\/$/, '') : '';
}

function fieldsOfText(text: string): z.infer<typeof pairSchema>[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at < 1 ? [] : [{ key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }];
  });
}

function contentOf(
  body: Request['body'] | null,
  fill: (text: string) => string,
): [string | null, string | Buffer | null] {
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
  if (body.mode === 'formdata')
    return [FORM_DATA_TYPE, formData(enabled(body.formdata).map(([name, value]) => ({ name, value: fill(value) })))];
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
