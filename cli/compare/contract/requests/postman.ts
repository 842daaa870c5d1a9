/** Requests of a Postman collection (https://schema.postman.com/, v2.0 and v2.1), with its variables filled in. Scripts are not run. */
import type { Planned } from './planned-request.ts';
import { type Login, loginOf } from './postman-auth.ts';
import { enabled, type PostmanRequest, postmanCollectionSchema, postmanItemSchema } from './postman-schema.ts';
import { FORM_DATA_TYPE, formData } from './texts/index.ts';

/** Folders nest; deeper ones hold no request. */
const DEEPEST = 20;

export function postmanRequests(document: unknown, source: number, values: ReadonlyMap<string, string>): Planned[] {
  const { item, variable, auth } = postmanCollectionSchema.parse(document);
  const fill = filling(new Map([...enabled(variable), ...values]));
  const planned: Planned[] = [];
  const walk = (items: readonly unknown[], depth: number, login: Login) => {
    for (const one of items) {
      const at = { source, line: planned.length + 1 };
      const parsed = postmanItemSchema.safeParse(one);
      if (!parsed.success) planned.push({ skipped: 'the collection holds an item that is no request', at });
      else if (parsed.data.item !== undefined) {
        if (depth < DEEPEST) walk(parsed.data.item, depth + 1, loginOf(parsed.data.auth, fill) ?? login);
      } else if (parsed.data.request !== undefined)
        planned.push({ ...requestOf(parsed.data.name, parsed.data.request, fill, login), at });
    }
  };
  walk(item, 0, loginOf(auth, fill) ?? {});
  return planned;
}

/** Variables may stand for others. What has no value stays, and so does what is filled in later. */
type Fill = (text: string) => string;
const VARIABLE = /\{\{\s*([^{}]+?)\s*\}\}/g;
const MOST_ROUNDS = 5;

function filling(values: ReadonlyMap<string, string>): Fill {
  const once = (text: string) => text.replaceAll(VARIABLE, (whole, key: string) => values.get(key) ?? whole);
  return (text) => {
    let filled = once(text);
    for (let round = 1; round < MOST_ROUNDS && filled.includes('{{'); round++) filled = once(filled);
    return filled;
  };
}

/** A name that still stands for a value; secrets are filled in when a request is sent. */
function lackIn(text: string): string | null {
  const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
  return names.find((name) => !/^(?:env|file):/.test(name)) ?? null;
}

function requestOf(name: string, { method, url, header, body, auth }: PostmanRequest, fill: Fill, around: Login) {
  const inPath = new Map(enabled(url.variable));
  const login = loginOf(auth, fill) ?? around;
  if (login.skipped !== undefined) return { skipped: login.skipped };
  const template = pathOf(url.raw, fill);
  const target = template.replaceAll(/\/:([\w-]+)/g, (whole, key: string) => {
    const own = fill(`{{${key}}}`);
    const value = own.startsWith('{{') ? inPath.get(key) : own;
    return value === undefined || value === '' ? whole : `/${encodeURIComponent(fill(value))}`;
  });
  const headers = enabled(header).map(([key, value]): [string, string] => [key, fill(value)]);
  if (login.header !== undefined && !headers.some(([key]) => key.toLowerCase() === login.header?.[0].toLowerCase()))
    headers.push([...login.header]);
  const sent = body?.disabled === true ? null : (body ?? null);
  if (sent?.mode === 'file' || sent?.formdata?.some(({ type }) => type === 'file'))
    return { skipped: 'the body is a file, or a form with files' };
  const [type, content] = contentOf(sent, fill);
  if (type !== null && !headers.some(([key]) => key.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', type]);
  const missing =
    /\/:([\w-]+)/.exec(target)?.[1] ?? lackIn([target, ...headers.flat(), content?.toString('utf8') ?? ''].join('\n'));
  if (missing !== null) return { skipped: `no value for ${missing}; --value ${missing}=… gives it` };
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

/** Behind the host, which a first variable may stand for; of that one's URL the path counts. */
function pathOf(raw: string, fill: Fill): string {
  const base = /^\{\{[^{}]+\}\}(?=\/)/.exec(raw)?.[0] ?? '';
  const whole = `${fill(base).replace(/\/$/, '')}${fill(raw.slice(base.length))}`.replace(/#.*$/s, '');
  const path = whole.replace(/^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*|\{\{[^{}]+\}\}|[^/?#]+)/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  javascript: 'application/javascript',
};

function contentOf(
  body: PostmanRequest['body'] | null,
  fill: (text: string) => string,
): [string | null, string | Buffer | null] {
  if (body == null) return [null, null];
  if (body.mode === 'raw' && body.raw) {
    const language = body.options?.raw?.language ?? (/^\s*[[{]/.test(body.raw) ? 'json' : 'text');
    return [LANGUAGES[language] ?? 'text/plain', fill(body.raw)];
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
      JSON.stringify({ query: fill(body.graphql.query), variables: variablesOf(body.graphql.variables, fill) }),
    ];
  return [null, null];
}

function variablesOf(given: unknown, fill: Fill): unknown {
  const text = fill(typeof given === 'string' ? given : JSON.stringify(given ?? {}));
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return given;
  }
}

function decoded(target: string): string {
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}
