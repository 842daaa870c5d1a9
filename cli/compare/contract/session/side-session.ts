/** One side's session: what is put into its requests, and what its answers teach. */
import type { RawLeg } from '../../../../capture/index.ts';
import { textOf } from '../../../../json/index.ts';
import type { PlannedRequest, Take } from '../requests/index.ts';
import { CookieJar } from './cookie-jar.ts';
import { filled, filledJson, type Variable } from './template.ts';

export interface SessionOptions {
  /** By name: what is known before the first request, secrets among them. */
  readonly variables: ReadonlyMap<string, string>;
  /** Replace those of a request; an empty value leaves the field out. */
  readonly headers: readonly (readonly [string, string])[];
  readonly cookies: boolean;
}

/** What is sent. */
export interface PreparedRequest {
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | null;
}

export class SideSession {
  readonly #values: Map<string, Variable>;
  readonly #headers: SessionOptions['headers'];
  readonly #jar: CookieJar | null;

  constructor({ variables, headers, cookies }: SessionOptions) {
    const known = new Map([...variables].map(([name, text]): [string, Variable] => [name, { text }]));
    // A variable may be made of others, as a password is of a secret.
    this.#values = new Map([...known].map(([name, { text }]) => [name, { text: filled(text, known, (one) => one) }]));
    this.#headers = headers;
    this.#jar = cookies ? new CookieJar() : null;
  }

  /** Values by name, those that were taken among them. */
  get values(): ReadonlyMap<string, Variable> {
    return this.#values;
  }

  prepare({ target, headers, body }: PlannedRequest, now: number): PreparedRequest {
    const asIs = (text: string) => text;
    const path = filled(target, this.#values, encodeURI);
    const given = new Set(this.#headers.map(([name]) => name.toLowerCase()));
    const fields = [...headers.filter(([name]) => !given.has(name.toLowerCase())), ...this.#headers]
      .filter(([, value]) => value !== '')
      .map(([name, value]): [string, string] => [name, filled(value, this.#values, asIs)]);
    const cookie = this.#jar?.fieldFor(path, now) ?? null;
    const withCookies =
      cookie === null ? fields : [...fields.filter(([name]) => !isCookie(name)), joined(fields, cookie)];
    return {
      target: path,
      headers: withCookies,
      body: body === null || this.#values.size === 0 ? body : this.#body(headers, body),
    };
  }

  /** Keeps cookies, and takes what the request says. @returns names that the answer does not give */
  learn({ target, take = [] }: PlannedRequest, leg: RawLeg, now: number): string[] {
    if (leg.outcome !== 'response') return take.map(({ name }) => name);
    this.#jar?.keep(leg.headers, target, now);
    return take.flatMap((one) => {
      const value = takenFrom(one, leg, this.#jar);
      if (value === null) return [one.name];
      this.#values.set(one.name, value);
      return [];
    });
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

const isCookie = (name: string) => name.toLowerCase() === 'cookie';

function joined(fields: readonly (readonly [string, string])[], cookie: string): [string, string] {
  return ['Cookie', [...fields.filter(([name]) => isCookie(name)).map(([, value]) => value), cookie].join('; ')];
}

type Answered = Extract<RawLeg, { outcome: 'response' }>;

function takenFrom({ from }: Take, leg: Answered, jar: CookieJar | null): Variable | null {
  if (from.kind === 'cookie') {
    const text = jar?.get(from.name);
    return text === undefined ? null : { text };
  }
  if (from.kind === 'header') {
    const at = leg.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === from.name.toLowerCase());
    const value = at < 0 ? undefined : leg.headers[at + 1];
    if (value === undefined) return null;
    const text = from.match === undefined ? value : new RegExp(from.match).exec(value)?.slice(0, 2).at(-1);
    return text === undefined ? null : { text };
  }
  return fromJson(from.pointer, leg);
}

function fromJson(pointer: string, leg: Answered): Variable | null {
  try {
    const steps = pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = steps.reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(step) : undefined,
      JSON.parse(Buffer.from(leg.body.data).toString('utf8')),
    );
    if (typeof found === 'string') return { text: found, json: JSON.stringify(found) };
    return typeof found === 'number' || typeof found === 'boolean'
      ? { text: String(found), json: String(found) }
      : null;
  } catch {
    return null;
  }
}
