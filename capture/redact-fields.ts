/**
 * Redaction before anything is stored: what is secret is replaced by a keyed hash, so that two sides' values can still be
 * compared, and nobody can read them or try them out without the key.
 */
import { createHmac } from 'node:crypto';
import { fieldPairs } from '../http/index.ts';

/** Fields whose whole value is secret. */
const SECRET_FIELDS = ['x-api-key', 'x-amz-security-token', 'x-csrf-token', 'x-xsrf-token'];
const SECRET_PARAMETERS = [
  'token',
  'key',
  'secret',
  'password',
  'signature',
  'access_token',
  'refresh_token',
  'code',
  'api_key',
];

export interface RedactionRules {
  /** Keys the hashes; the same for both sides and all tasks throughout a cutover. */
  readonly key: string;
  /** Further header fields, lower case. */
  readonly fields: readonly string[];
  /** Further parameters of queries and forms. */
  readonly parameters: readonly string[];
  /** JSON pointers with `*` for one segment and `**` for any number, such as `/user/*` and `/**` + `/email`. */
  readonly pointers: readonly string[];
}

export class Redactor {
  readonly #key: string;
  readonly #fields: ReadonlySet<string>;
  readonly #parameters: RegExp;

  constructor({ key, fields, parameters }: RedactionRules) {
    this.#key = key;
    this.#fields = new Set([...SECRET_FIELDS, ...fields]);
    const names = [...SECRET_PARAMETERS, ...parameters].map((name) => name.replace(/[^\w-]/g, '\\$&'));
    this.#parameters = new RegExp(`(^|[?&;])((?:${names.join('|')})=)([^&;#]*)`, 'gi');
  }

  /** @param raw names and values alternating */
  headers(raw: readonly string[]): [string, string][] {
    return fieldPairs(raw).map(([name, value]) => [name, this.#header(name.toLowerCase(), value)]);
  }

  /** Parameters of a request target's query. */
  target(target: string): string {
    const query = target.indexOf('?');
    return query < 0 ? target : target.slice(0, query) + this.form(target.slice(query));
  }

  /** Parameters of a query or a form body. */
  form(text: string): string {
    return text.replace(this.#parameters, (_all, before: string, name: string, value: string) => {
      return `${before}${name}${this.hash(value)}`;
    });
  }

  hash(value: string): string {
    return `hmac:${createHmac('sha256', this.#key).update(value).digest('hex').slice(0, 16)}`;
  }

  #header(name: string, value: string): string {
    switch (name) {
      case 'authorization':
      case 'proxy-authorization':
        return this.#afterScheme(value);
      case 'cookie':
        return value
          .split(';')
          .map((pair) => this.#cookie(pair))
          .join(';');
      case 'set-cookie': {
        // Name and attributes are the service's doing and compared; the value is the customer's.
        const end = value.indexOf(';');
        return end < 0 ? this.#cookie(value) : this.#cookie(value.slice(0, end)) + value.slice(end);
      }
      case 'location':
      case 'content-location':
      case 'referer':
        return this.target(value);
      default:
        return this.#fields.has(name) ? this.hash(value) : value;
    }
  }

  #cookie(pair: string): string {
    const equals = pair.indexOf('=');
    return equals < 0
      ? this.hash(pair.trim())
      : `${pair.slice(0, equals + 1)}${this.hash(pair.slice(equals + 1).trim())}`;
  }

  #afterScheme(value: string): string {
    const space = value.indexOf(' ');
    return space < 0 ? this.hash(value) : `${value.slice(0, space)} ${this.hash(value.slice(space + 1))}`;
  }
}
