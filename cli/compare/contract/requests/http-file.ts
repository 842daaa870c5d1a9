/** Requests from an HTTP client's file (.http, .rest), with its variables filled in. */
import { routeWithoutSecrets } from '../../../../capture/redaction/index.ts';
import type { DocumentOptions } from './documents.ts';
import { type FillIn, filling, pathBehindHost, taking, VARIABLE } from './filling.ts';
import { aroundNames } from './names.ts';
import type { Planned, Take } from './planned-request.ts';
import {
  basicLogin,
  besides,
  CannotBeSent,
  type HttpBlock,
  loginIn,
  pointerOfPath,
  type ReadNamed,
  readHttpFile,
  targetOf,
} from './texts/index.ts';

export function httpFileRequests(file: string, text: string, source: number, given: DocumentOptions): Planned[] {
  const { blocks, variables } = readHttpFile(text);
  const answers = new Answers(blocks);
  const named = blocks.map((block) => answers.namedIn(block));
  const values = new Map([...variables, ...given.values]);
  const later = new Set<string>();
  return named.map((block, nth): Planned => {
    const at = { source, line: block.line };
    const takes = answers.takenFrom(block).filter(({ name }) => !given.values.has(name));
    try {
      const made = requestOf(block, filling(values, nth), later, given, besides(given.named, file));
      for (const { name } of takes) later.add(name);
      return { ...made, ...taking(made.headers, takes), at };
    } catch (error) {
      if (!(error instanceof CannotBeSent)) throw error;
      return { skipped: error.message, of: block.name ?? `${block.method} ${block.url}`, at };
    }
  });
}

/** `login.response.body.$.user.token`, `login.response.headers.X-Token`. */
const OF_ANSWER = /^([\w-]+)\.response\.(?:body\.?(\$?(?:\.?[\w$-]+|\[\d+\]|\[["'][^"']+["']\])+)|headers\.([\w-]+))$/;

/**
 * References of requests to the answers of others. Each gets a name, by which it is filled in when a request is sent.
 */
class Answers {
  readonly #names: ReadonlySet<string>;
  readonly #taken = new Map<string, { readonly of: string; readonly take: Take }>();

  constructor(blocks: readonly HttpBlock[]) {
    this.#names = new Set(blocks.flatMap(({ name }) => (name === null ? [] : [name])));
  }

  namedIn(block: HttpBlock): HttpBlock {
    const named = (text: string) => text.replaceAll(VARIABLE, (whole, key: string) => this.#nameOf(key) ?? whole);
    return {
      ...block,
      url: named(block.url),
      headers: block.headers.map(([name, value]) => [name, named(value)]),
      body: block.body.map((line) => (typeof line === 'string' ? named(line) : line)),
    };
  }

  takenFrom({ name, sets }: HttpBlock): Take[] {
    return [...[...this.#taken.values()].flatMap(({ of, take }) => (of === name ? [take] : [])), ...sets];
  }

  #nameOf(key: string): string | null {
    const [, of = '', path, header] = OF_ANSWER.exec(key) ?? [];
    if (!this.#names.has(of)) return null;
    const pointer = path === undefined ? '' : pointerOfPath(path.replace(/^\$/, ''));
    const name = `${of}.${header ?? pointer.slice(1).replaceAll(/[^\w-]+/g, '.')}`;
    const from =
      header === undefined ? ({ kind: 'json', pointer } as const) : ({ kind: 'header', name: header } as const);
    this.#taken.set(name, { of, take: { name, from } });
    return `{{${name}}}`;
  }
}

/** @throws CannotBeSent */
function requestOf(
  block: HttpBlock,
  fill: FillIn,
  later: ReadonlySet<string>,
  given: DocumentOptions,
  read: ReadNamed,
) {
  const { url, name, line } = block;
  const isGraphql = block.method === 'GRAPHQL' || block.headers.some(([field]) => GRAPHQL.test(field));
  const method = block.method === 'GRAPHQL' ? 'POST' : block.method;
  if (/^(?:WEBSOCKET|WSS?|GRPC|SSE|RSOCKET|MQTT|AMQP|CONNECT)$/.test(method) || /^wss?:/.test(url))
    throw new CannotBeSent('a request of a client’s file speaks another protocol than HTTP, or opens a tunnel');
  const target =
    targetOf(pathBehindHost(url, fill, given.bases), true)?.replaceAll(/["<>]/g, encodeURIComponent) ?? null;
  if (target === null) throw new CannotBeSent('the request target is not a path');
  const headers = block.headers
    .filter(([field]) => !GRAPHQL.test(field) && !/^(?:host|content-length)$/i.test(field))
    .map(([field, value]): [string, string] => loginOf(field, fill(value)));
  const login = loginIn(fill(url));
  if (login !== null && !headers.some(([field]) => /^authorization$/i.test(field))) headers.push(login);
  const type = headers.find(([field]) => /^content-type$/i.test(field))?.[1] ?? '';
  const content = contentOf(block, type, fill, read);
  const body = isGraphql && content !== null ? Buffer.from(graphqlOf(content.toString('utf8'))) : content;
  if (isGraphql && type === '') headers.push(['Content-Type', 'application/json']);
  const open = [...[target, ...headers.flat(), body?.toString('utf8') ?? ''].join('\n').matchAll(VARIABLE)].map(
    ([, one = '']) => one,
  );
  const missing = open.find((one) => !/^(?:env|file):|^run$/.test(one) && !later.has(one));
  if (missing !== undefined) throw new CannotBeSent(`no value for ${missing}; --value ${missing}=… gives it`);
  return {
    id: `http-${name ?? line}`.replaceAll(/[^\w.-]+/g, '-').slice(0, 150),
    route: `${method} ${routeWithoutSecrets(target.replaceAll(VARIABLE, '{$1}'), given.routes)}`,
    method,
    target,
    headers,
    body,
    ...(open.length === 0 ? {} : { isOpen: true as const }),
  };
}

const GRAPHQL = /^x-request-type$/i;

/** These clients encode `Basic name password`. @throws CannotBeSent for logins that need an exchange or a signature */
function loginOf(field: string, value: string): [string, string] {
  if (!/^authorization$/i.test(field)) return [field, value];
  const [, name, password] = /^Basic\s+([^\s:]+)(?:\s+|:)(\S+)$/i.exec(value) ?? [];
  if (name !== undefined && password !== undefined) return basicLogin(name, password);
  if (/^(?:Digest|AWS|NTLM|openid|oauth2)\b/i.test(value))
    throw new CannotBeSent('a request of a client’s file logs in by more than a field');
  return [field, value];
}

/** Joins the lines of a form, and ends the parts as HTTP requires. */
function contentOf({ body }: HttpBlock, type: string, fill: FillIn, read: ReadNamed): Buffer | null {
  if (body.length === 0) return null;
  const isForm = /^application\/x-www-form-urlencoded/i.test(type);
  const between = isForm ? '' : /^multipart\//i.test(type) ? '\r\n' : '\n';
  const pieces = body.flatMap((line, i) => [
    ...(i === 0 ? [] : [Buffer.from(between)]),
    typeof line === 'string' ? Buffer.from(isForm ? inForm(fill(line.trim())) : fill(line)) : read(line.file),
  ]);
  const end = between === '\r\n' ? [Buffer.from(between)] : [];
  return Buffer.concat([...pieces, ...end]);
}

const inForm = (line: string) =>
  aroundNames(line, (text) => text.toWellFormed().replaceAll(/[^!-~]/gu, encodeURIComponent));

/** A query, followed by its variables after an empty line. */
function graphqlOf(text: string): string {
  const [query = '', variables = ''] = text.split(/\n\s*\n(?=\s*\{)/);
  return `{"query":${JSON.stringify(query)},"variables":${variables.trim() === '' ? '{}' : variables.trim()}}`;
}
