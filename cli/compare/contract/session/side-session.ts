/** One side's session: what is inserted into its requests, and what its answers provide. */
import type { RawLeg } from '../../../../capture/index.ts';
import { textOf } from '../../../../json/index.ts';
import type { PlannedRequest } from '../requests/index.ts';
import { CookieJar } from './cookie-jar.ts';
import { takenFrom } from './taken.ts';
import { filled, filledJson, namesIn, type Variable } from './template.ts';

export interface SessionOptions {
  /** By name: values that are known before the first request, including secrets. */
  readonly variables: ReadonlyMap<string, string>;
  /** Fields that replace those of a request; an empty value removes the field. */
  readonly headers: readonly (readonly [string, string])[];
  readonly cookies: boolean;
}

/** The request as it is sent. */
export interface PreparedRequest {
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
}

export class SideSession {
  readonly #values: Map<string, Variable>;
  readonly #headers: SessionOptions['headers'];
  readonly #cookies: boolean;
  /** One for each user that a step names. */
  readonly #jars = new Map<string, CookieJar>();
  /** Names that an answer should have provided. */
  readonly #missing = new Set<string>();

  constructor({ variables, headers, cookies }: SessionOptions) {
    const known = new Map([...variables].map(([name, text]): [string, Variable] => [name, { text }]));
    // A variable may contain others, for example a password that contains a secret.
    this.#values = new Map([...known].map(([name, { text }]) => [name, { text: filled(text, known, (one) => one) }]));
    this.#headers = headers;
    this.#cookies = cookies;
  }

  /** Values by name, including those that were taken from answers. */
  get values(): ReadonlyMap<string, Variable> {
    return this.#values;
  }

  prepare({ target, headers, body, as }: PlannedRequest, now: number): PreparedRequest {
    const path = withoutOrigin(filled(target, this.#values, encodedOnce));
    const fields = this.#filledFields(headers);
    const cookie = this.#jarOf(as)?.fieldFor(path, now) ?? null;
    const withCookies =
      cookie === null ? fields : [...fields.filter(([name]) => !isCookie(name)), joined(fields, cookie)];
    return {
      target: path,
      headers: withCookies,
      body: body === null || this.#values.size === 0 ? body : this.#body(headers, body),
    };
  }

  /** Stores cookies, and takes the values that the request names. @returns names that the answer does not provide */
  learn({ target, as, take = [] }: PlannedRequest, leg: RawLeg, now: number): string[] {
    const jar = this.#jarOf(as);
    if (leg.outcome === 'response') jar?.keep(leg.headers, target, now);
    for (const one of take) {
      const value = leg.outcome === 'response' ? takenFrom(one, leg, jar) : null;
      if (value === null) this.#missing.add(one.name);
      else {
        this.#missing.delete(one.name);
        this.#values.set(one.name, value);
      }
    }
    return take
      .filter(({ mayLack }) => mayLack !== true)
      .flatMap(({ name }) => (this.#missing.has(name) ? [name] : []));
  }

  /** Marks the values that an unsent request would have provided as missing. */
  miss({ take = [] }: Pick<PlannedRequest, 'take'>): void {
    for (const { name } of take) if (!this.#values.has(name)) this.#missing.add(name);
  }

  /** A name that the request needs and that no answer has provided. */
  lackOf({ target, headers, body }: PlannedRequest): string | null {
    if (this.#missing.size === 0) return null;
    const needed = namesIn(
      [target, ...headers.flat(), ...this.#headers.flat(), body?.toString('utf8') ?? ''].join('\n'),
    );
    return needed.find((name) => this.#missing.has(name) && !this.#values.has(name)) ?? null;
  }

  /** Why a field of the request cannot be sent after variables were filled in; null if all can. */
  unfitOf({ headers }: PlannedRequest): string | null {
    for (const [name, value] of this.#filledFields(headers)) {
      const unfit = unfitForField(value);
      if (unfit !== null) return `its header ${name} would hold ${unfit}, which no header may`;
    }
    return null;
  }

  /** The request's fields with this side's values, as they are sent, except for cookies. */
  #filledFields(headers: PlannedRequest['headers']): [string, string][] {
    const given = new Set(this.#headers.map(([name]) => name.toLowerCase()));
    const own = this.#headers.filter(([, value]) => value !== '');
    return [...headers.filter(([name]) => !given.has(name.toLowerCase())), ...own].map(([name, value]) => [
      name,
      loginOf(
        name,
        filled(value, this.#values, (text) => text),
      ),
    ]);
  }

  #jarOf(user = ''): CookieJar | null {
    if (!this.#cookies) return null;
    const jar = this.#jars.get(user) ?? new CookieJar();
    this.#jars.set(user, jar);
    return jar;
  }

  #body(headers: PlannedRequest['headers'], body: Buffer): Buffer {
    const text = textOf(body);
    if (!text.ok || !text.value.includes('{{')) return body;
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    if (/json/i.test(type)) return Buffer.from(filledJson(text.value, this.#values));
    const encode = /urlencoded/i.test(type) ? encodeURIComponent : (value: string) => value;
    return Buffer.from(filled(text.value, this.#values, encode));
  }
}

/** The character in a value that no field may contain (RFC 9110, 5.5); null if it can be sent. */
export function unfitForField(value: string): string | null {
  if (/[\r\n]/.test(value)) return 'a line break';
  return /[^\t\x20-\x7e\x80-\xff]/.test(value) ? 'a character beyond Latin-1, or one that steers a device' : null;
}

/** A Location that is used as a path may name its host, which is this side's. */
function withoutOrigin(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** A value from a URL is already encoded. */
const encodedOnce = (text: string) => encodeURI(text).replaceAll(/%25(?=[0-9a-f]{2})/gi, '%');

/**
 * `Basic name:password` is written unencoded in a request, so that a secret can be inserted; Base64 contains no colon.
 */
function loginOf(field: string, value: string): string {
  const pair = field.toLowerCase() === 'authorization' ? /^Basic +(.*:.*)$/is.exec(value)?.[1] : undefined;
  return pair === undefined ? value : `Basic ${Buffer.from(pair).toString('base64')}`;
}

const isCookie = (name: string) => name.toLowerCase() === 'cookie';

function joined(fields: readonly (readonly [string, string])[], cookie: string): [string, string] {
  return ['Cookie', [...fields.filter(([name]) => isCookie(name)).map(([, value]) => value), cookie].join('; ')];
}
