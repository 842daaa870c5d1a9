/**
 * Requests of a Postman collection (https://schema.postman.com/, v2.0 and v2.1), with its variables filled in. Scripts
 * are not run, but what they plainly take from an answer is taken ([ADR
 * 68](../../../../docs/adr/0068-postman-scripts-are-read.md)).
 */
import { type FillIn, filling, pathBehindHost, taking, VARIABLE } from './filling.ts';
import { aroundNames } from './names.ts';
import type { DocumentValues } from './openapi-document.ts';
import type { Planned, Take } from './planned-request.ts';
import {
  enabled,
  enabledPairs,
  type Login,
  loginInUrl,
  loginOf,
  type PostmanRequest,
  type PostmanScripts,
  postmanCollectionSchema,
  postmanItemSchema,
  scriptsOf,
} from './postman/index.ts';
import { FORM_DATA_TYPE, formData, targetOf } from './texts/index.ts';

/** Folders may be nested; deeper ones contain no requests. */
const DEEPEST = 20;

export function postmanRequests(document: unknown, source: number, { values, bases }: DocumentValues): Planned[] {
  const { item, variable, auth, event, protocolProfileBehavior } = postmanCollectionSchema.parse(document);
  const given = new Map([...enabled(variable), ...values]);
  const reader = new CollectionReader(source, values, { given, later: new Set(), unread: new Set(), bases });
  reader.read(item, 0, {
    login: loginOf(auth, filling(given, 0)) ?? {},
    sendsAnyBody: protocolProfileBehavior?.disableBodyPruning ?? false,
    scripts: [scriptsOf(event)],
  });
  return reader.planned;
}

/** Walks through the items of a collection in the order in which they are sent. */
class CollectionReader {
  readonly planned: Planned[] = [];
  readonly #source: number;
  readonly #values: ReadonlyMap<string, string>;
  readonly #known: Known;

  constructor(source: number, values: ReadonlyMap<string, string>, known: Known) {
    this.#source = source;
    this.#values = values;
    this.#known = known;
  }

  read(items: readonly unknown[], depth: number, around: Around): void {
    for (const one of items) this.#readItem(one, depth, around);
  }

  #readItem(one: unknown, depth: number, around: Around): void {
    const parsed = postmanItemSchema.safeParse(one);
    if (!parsed.success) {
      this.planned.push({ skipped: 'the collection holds an item that is not a request', at: this.#at() });
      return;
    }
    const { name, auth, request, item, event, protocolProfileBehavior: behaviour } = parsed.data;
    const scripts = scriptsOf(event);
    const within: Around = {
      login: loginOf(auth, this.#fill()) ?? around.login,
      sendsAnyBody: behaviour?.disableBodyPruning ?? around.sendsAnyBody,
      scripts: [...around.scripts, scripts],
    };
    if (item !== undefined) {
      if (depth < DEEPEST) this.read(item, depth + 1, within);
    } else if (request !== undefined) {
      this.#readRequest(name, request, within, takenBy(around.scripts, scripts, this.#values));
    }
  }

  /**
   * From here on the values that its scripts set, before and after it, and those that they take from its answer are
   * known.
   */
  #readRequest(name: string, request: PostmanRequest, within: Around, takes: readonly Take[]): void {
    const { scripts } = within;
    for (const set of scripts.flatMap(({ unread }) => unread)) this.#known.unread.add(set);
    this.#settle(scripts.flatMap(({ before }) => before));
    const at = this.#at();
    const made = requestOf(name, request, this.#fill(), this.#known, within);
    if ('skipped' in made) this.planned.push({ ...made, of: name, at });
    else {
      this.planned.push({ ...made, ...taking(made.headers, takes), at });
      for (const { name: set } of takes) {
        this.#known.given.delete(set);
        this.#known.later.add(set);
      }
    }
    this.#settle(scripts.flatMap(({ after }) => after));
  }

  /** A value that a script sets is valid from there on, but `--value` takes precedence. */
  #settle(constants: readonly (readonly [string, string])[]): void {
    for (const [name, value] of constants)
      if (!this.#values.has(name)) {
        this.#known.given.set(name, value);
        this.#known.later.delete(name);
      }
  }

  #at() {
    return { source: this.#source, line: this.planned.length + 1 };
  }

  #fill(): FillIn {
    return filling(this.#known.given, this.planned.length);
  }
}

/** What is known about variables at this point of the collection. */
interface Known {
  readonly given: Map<string, string>;
  /** Names that the answer to an earlier request gives. */
  readonly later: Set<string>;
  /** Names that a script sets in a way that is not understood. */
  readonly unread: Set<string>;
  /** Paths of the sides' base URLs. */
  readonly bases: readonly string[];
}

/** Settings of folders and of the collection that apply to the requests within. */
interface Around {
  readonly login: Login;
  /** Whether to send a body even with a method that usually has none; otherwise Postman omits it. */
  readonly sendsAnyBody: boolean;
  readonly scripts: readonly PostmanScripts[];
}

/**
 * A script of a folder runs after each request within, whose answers may lack what it takes; `--value` precedes both.
 */
function takenBy(around: readonly PostmanScripts[], own: PostmanScripts, values: ReadonlyMap<string, string>): Take[] {
  const shared = around.flatMap(({ takes }) => takes).map((take) => ({ ...take, mayLack: true as const }));
  return [...shared, ...own.takes].filter(({ name }) => !values.has(name));
}

/** Postman sends no body with these methods unless it is configured to. */
const WITHOUT_BODY = /^(?:GET|HEAD|COPY|PURGE|UNLOCK)$/;

/** Names that are filled in when a request is sent: secrets, the name of this run, and values from answers. */
function isLater(name: string, { later }: Known): boolean {
  return /^(?:env|file):|^run$/.test(name) || later.has(name);
}

function requestOf(
  name: string,
  { method: given, url, header, body, auth }: PostmanRequest,
  fill: FillIn,
  known: Known,
  { login: shared, sendsAnyBody }: Around,
) {
  const method = given.toUpperCase();
  if (url.raw === '') return { skipped: 'it has no URL' };
  const inPath = new Map(enabled(url.variable));
  const template = pathBehindHost(url.raw, fill, known.bases);
  const login = loginOf(auth, fill) ?? loginInUrl(fill(url.raw)) ?? shared;
  if (login.skipped !== undefined) return { skipped: login.skipped };
  const target = template.replaceAll(/\/:([\w-]+)/g, (whole, key: string) => {
    const own = fill(`{{${key}}}`);
    const value = own.startsWith('{{') && !known.later.has(key) ? inPath.get(key) : own;
    return value === undefined || value === '' ? whole : `/${aroundNames(fill(value), inPathOf)}`;
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
  const open = [...[target, ...headers.flat(), ...filled].join('\n').matchAll(VARIABLE)].map(([, one = '']) => one);
  const missing = /\/:([\w-]+)/.exec(target)?.[1] ?? open.find((one) => !isLater(one, known));
  const path = targetOf(target, true)?.replaceAll(/["<>]/g, encodeURIComponent) ?? null;
  if (path === null) return { skipped: 'the request target is not a path' };
  if (missing !== undefined) {
    const why = known.unread.has(missing) ? ', which a script sets in a way that is not read' : '';
    return { skipped: `no value for ${missing}${why}; --value ${missing}=… gives it` };
  }
  const pattern = template
    .replace(/\?.*$/s, '')
    .replaceAll(/\/:([\w-]+)/g, '/{$1}')
    .replaceAll(VARIABLE, '{$1}');
  return {
    id: `postman-${name.replaceAll(/[^\w.-]+/g, '-')}`.slice(0, 150),
    route: `${method} ${pattern}`,
    method,
    target: path,
    headers,
    body: typeof content === 'string' ? Buffer.from(content) : content,
    ...(open.length === 0 ? {} : { isOpen: true as const }),
  };
}

/** As Postman inserts a value into a path: values with several segments, and encoded ones, are not encoded again. */
function inPathOf(value: string): string {
  return encodeURI(value.toWellFormed())
    .replaceAll(/%25(?=[0-9a-f]{2})/gi, '%')
    .replaceAll(/[?#]/g, encodeURIComponent);
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
    const fields = enabledPairs(body[body.mode]).map(({ key, value, contentType }) => ({
      name: fill(key),
      value: fill(value),
      ...(contentType == null || contentType === '' ? {} : { type: fill(contentType) }),
    }));
    if (fields.length === 0) return [null, null];
    if (body.mode === 'formdata') return [FORM_DATA_TYPE, formData(fields)];
    const written = (text: string) =>
      aroundNames(text, (part) => new URLSearchParams({ '': part }).toString().slice(1));
    const form = fields.map(({ name, value }) => `${written(name)}=${written(value)}`).join('&');
    return ['application/x-www-form-urlencoded', form];
  }
  if (body.mode === 'graphql' && body.graphql != null) {
    const { query, operationName, variables } = body.graphql;
    const operation =
      operationName == null || operationName === '' ? '' : `,"operationName":${JSON.stringify(fill(operationName))}`;
    return [
      'application/json',
      `{"query":${JSON.stringify(fill(query))}${operation},"variables":${variablesOf(variables, fill)}}`,
    ];
  }
  return [null, null];
}

/** As JSON, because an answer may give a part of it. */
function variablesOf(given: unknown, fill: FillIn): string {
  const text = fill(typeof given === 'string' ? given : JSON.stringify(given ?? {}));
  if (text.trim() === '') return '{}';
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.match(VARIABLE) !== null ? text : JSON.stringify(given);
  }
}
