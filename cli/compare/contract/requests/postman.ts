/** Requests of a Postman collection (https://schema.postman.com/, v2.0 and v2.1), with its variables filled in. Scripts are not run. */
import type { Planned } from './planned-request.ts';
import { type Login, loginInUrl, loginOf } from './postman-auth.ts';
import { enabled, type PostmanRequest, postmanCollectionSchema, postmanItemSchema } from './postman-schema.ts';
import { madeUp } from './postman-values.ts';
import { FORM_DATA_TYPE, formData, targetOf } from './texts/index.ts';

/** Folders nest; deeper ones hold no request. */
const DEEPEST = 20;

export function postmanRequests(document: unknown, source: number, values: ReadonlyMap<string, string>): Planned[] {
  const { item, variable, auth, protocolProfileBehavior } = postmanCollectionSchema.parse(document);
  const given = new Map([...enabled(variable), ...values]);
  const planned: Planned[] = [];
  const walk = (items: readonly unknown[], depth: number, around: Around) => {
    for (const one of items) {
      const at = { source, line: planned.length + 1 };
      const fill = filling(given, planned.length);
      const parsed = postmanItemSchema.safeParse(one);
      if (!parsed.success) planned.push({ skipped: 'the collection holds an item that is no request', at });
      else {
        const { name, auth: own, request, protocolProfileBehavior: behaviour } = parsed.data;
        const within = {
          login: loginOf(own, fill) ?? around.login,
          sendsAnyBody: behaviour?.disableBodyPruning ?? around.sendsAnyBody,
        };
        if (parsed.data.item !== undefined) {
          if (depth < DEEPEST) walk(parsed.data.item, depth + 1, within);
        } else if (request !== undefined) {
          const made = requestOf(name, request, fill, within);
          planned.push('skipped' in made ? { ...made, of: name, at } : { ...made, at });
        }
      }
    }
  };
  walk(item, 0, {
    login: loginOf(auth, filling(given, 0)) ?? {},
    sendsAnyBody: protocolProfileBehavior?.disableBodyPruning ?? false,
  });
  return planned;
}

/** What folders and the collection say of the requests within. */
interface Around {
  readonly login: Login;
  /** Also with a method that usually has none: Postman leaves it out otherwise. */
  readonly sendsAnyBody: boolean;
}

/** Postman sends no body with these unless it is told to. */
const WITHOUT_BODY = /^(?:GET|HEAD|COPY|PURGE|UNLOCK)$/;

/** Variables may stand for others. What has no value stays, and so does what is filled in later. */
type Fill = (text: string) => string;
const VARIABLE = /\{\{\s*([^{}]+?)\s*\}\}/g;
const MOST_ROUNDS = 5;

/** @param nth of the requests: what Postman makes up for each is another for each */
function filling(values: ReadonlyMap<string, string>, nth: number): Fill {
  const once = (text: string) =>
    text.replaceAll(VARIABLE, (whole, key: string) => values.get(key) ?? madeUp(key, nth) ?? whole);
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

function requestOf(
  name: string,
  { method: given, url, header, body, auth }: PostmanRequest,
  fill: Fill,
  { login: around, sendsAnyBody }: Around,
) {
  const method = given.toUpperCase();
  const inPath = new Map(enabled(url.variable));
  const template = pathOf(url.raw, fill);
  const login = loginOf(auth, fill) ?? loginInUrl(fill(url.raw)) ?? around;
  if (login.skipped !== undefined) return { skipped: login.skipped };
  const target = template.replaceAll(/\/:([\w-]+)/g, (whole, key: string) => {
    const own = fill(`{{${key}}}`);
    const value = own.startsWith('{{') ? inPath.get(key) : own;
    return value === undefined || value === '' ? whole : `/${encodeURIComponent(fill(value))}`;
  });
  const headers = enabled(header).map(([key, value]): [string, string] => [key, fill(value)]);
  if (login.header !== undefined && !headers.some(([key]) => key.toLowerCase() === login.header?.[0].toLowerCase()))
    headers.push([...login.header]);
  const sent = body?.disabled === true || (WITHOUT_BODY.test(method) && !sendsAnyBody) ? null : (body ?? null);
  if (sent?.mode === 'file' || sent?.formdata?.some(({ type }) => type === 'file'))
    return { skipped: 'the body is a file, or a form with files' };
  const filled: string[] = [];
  const [type, content] = contentOf(sent, (text) => {
    const one = fill(text);
    filled.push(one);
    return one;
  });
  if (type !== null && !headers.some(([key]) => key.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', type]);
  const missing = /\/:([\w-]+)/.exec(target)?.[1] ?? lackIn([target, ...headers.flat(), ...filled].join('\n'));
  const path = targetOf(target);
  if (path === null) return { skipped: 'the request target is not a path' };
  if (missing !== null) return { skipped: `no value for ${missing}; --value ${missing}=… gives it` };
  const pattern = template.replace(/\?.*$/s, '').replaceAll(/\/:([\w-]+)/g, '/{$1}');
  return {
    id: `postman-${name.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 150),
    route: `${method} ${pattern}`,
    method,
    target: path,
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
  if (body.mode === 'urlencoded' || body.mode === 'formdata') {
    const pairs = enabled(body[body.mode]).map(([key, value]): [string, string] => [fill(key), fill(value)]);
    if (pairs.length === 0) return [null, null];
    if (body.mode === 'formdata') return [FORM_DATA_TYPE, formData(pairs.map(([name, value]) => ({ name, value })))];
    return ['application/x-www-form-urlencoded', new URLSearchParams(pairs).toString()];
  }
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
