/**
 * Which header fields pass the mirror, according to RFC 9110, 7.6, and the design. It takes a single pass over the raw
 * fields (names and values alternating; order, case and duplicates kept), because every request of a customer comes
 * through here.
 */
import { OWN_FIELDS, SHADOW_FIELD } from '../../http/index.ts';

/** A mirror's pseudonym in Via, of its own for each ingress: two in a row are no circle (RFC 9110, 7.6.3). */
const pseudonymOf = (ingress: string) => `crossfade-mirror-${ingress}`;

/** What happens to a field, and what the field tells about the request. */
type Field =
  | 'pass'
  | 'drop'
  | 'connection'
  | 'length'
  | 'coding'
  | 'te'
  | 'trailer'
  | 'via'
  | 'host'
  | 'requestId'
  | 'traceparent'
  | 'amznTraceId'
  | 'forwardedFor';

const REQUEST_FIELDS: Readonly<Record<string, Field>> = {
  connection: 'connection',
  'keep-alive': 'drop',
  'proxy-connection': 'drop',
  'proxy-authorization': 'drop',
  upgrade: 'drop',
  'http2-settings': 'drop',
  expect: 'drop',
  [SHADOW_FIELD]: 'drop',
  te: 'te',
  trailer: 'trailer',
  'transfer-encoding': 'coding',
  'content-length': 'length',
  via: 'via',
  host: 'host',
  'x-request-id': 'requestId',
  traceparent: 'traceparent',
  'x-amzn-trace-id': 'amznTraceId',
  'x-forwarded-for': 'forwardedFor',
};

const RESPONSE_FIELDS: Readonly<Record<string, Field>> = {
  connection: 'connection',
  'keep-alive': 'drop',
  'proxy-connection': 'drop',
  'proxy-authenticate': 'drop',
  upgrade: 'drop',
  te: 'drop',
  trailer: 'trailer',
  'transfer-encoding': 'coding',
};

/**
 * A client cannot have these removed: a sender must not list fields in Connection that are meant for all recipients
 * (RFC 9110, 7.6.1).
 */
const NEVER_REMOVED =
  /^(?:host|content-.*|authorization|cookie|via|x-forwarded-.*|x-amzn-.*|x-request-id|traceparent)$/;

/** Caches the meaning of names by their spelling, because the same few come with every request. */
class Spellings {
  readonly #fields: Readonly<Record<string, Field>>;
  readonly #known = new Map<string, Field>();

  constructor(fields: Readonly<Record<string, Field>>) {
    this.#fields = fields;
  }

  of(name: string): Field {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const lower = name.toLowerCase();
    const meaning = Object.hasOwn(this.#fields, lower) ? (this.#fields[lower] ?? 'pass') : 'pass';
    const field = lower.startsWith(OWN_FIELDS) ? 'drop' : meaning;
    // The cache is bounded, because clients choose the names.
    if (this.#known.size < 1_000) this.#known.set(name, field);
    return field;
  }
}

const requestSpellings = new Spellings(REQUEST_FIELDS);
const responseSpellings = new Spellings(RESPONSE_FIELDS);

/** A request's fields as they are sent on, and what the mirror has to know about them. */
export class RequestHead {
  /** Names and values alternating, without hop-by-hop fields. */
  readonly fields: string[] = [];
  requestId: string | undefined = undefined;
  traceparent: string | undefined = undefined;
  amznTraceId: string | undefined = undefined;
  /** Whether Content-Length or Transfer-Encoding announces a body. */
  hasBody = false;
  /** Whether there is a Content-Length, even of 0. */
  hasLength = false;
  /** Whether the client announces trailers. */
  trailers = false;
  hosts = 0;
  chunked = false;
  /** Whether a transfer coding other than `chunked` was used, which would have to be decoded at this hop. */
  coded = false;
  /** Whether the request has already passed this mirror. */
  looped = false;
  forwardedFor = false;
  readonly #pseudonym: string;

  constructor(raw: readonly string[], ingress = '') {
    this.#pseudonym = pseudonymOf(ingress);
    const { fields } = this;
    let named: string | undefined;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const [name = '', value = ''] = [raw[i], raw[i + 1]];
      const field = requestSpellings.of(name);
      switch (field) {
        case 'drop':
          continue;
        case 'connection':
          if (!isPlainConnection(value)) named = named === undefined ? value : `${named},${value}`;
          continue;
        case 'coding':
          this.hasBody = true;
          this.chunked = true;
          this.coded ||= !isChunked(value);
          continue;
        case 'te':
          // The mirror passes trailers on, so it may announce this itself (RFC 9110, 10.1.4).
          if (/\btrailers\b/i.test(value)) fields.push(name, 'trailers');
          continue;
        case 'length':
          this.hasLength = true;
          this.hasBody ||= value !== '0';
          break;
        case 'trailer':
          this.trailers = true;
          break;
        case 'via':
          this.looped ||= value.split(/[\s,]+/).includes(this.#pseudonym);
          break;
        case 'host':
          this.hosts++;
          break;
        case 'requestId':
          this.requestId ??= value;
          break;
        case 'traceparent':
          this.traceparent ??= value;
          break;
        case 'amznTraceId':
          this.amznTraceId ??= value;
          break;
        case 'forwardedFor':
          this.forwardedFor = true;
          break;
      }
      fields.push(name, value);
    }
    if (named !== undefined) remove(fields, named);
    if (this.chunked || !this.trailers) return;
    // Only a chunked body can have trailers; without one the field means nothing, and Node refuses to send it.
    this.trailers = false;
    remove(fields, 'trailer');
  }

  /** Replaces a field in its place, keeping its spelling, or adds it. */
  set(name: string, value: string): void {
    const { fields } = this;
    const lower = name.toLowerCase();
    for (let i = 0; i + 1 < fields.length; i += 2) {
      if (fields[i]?.toLowerCase() !== lower) continue;
      fields[i + 1] = value;
      return;
    }
    fields.push(name, value);
  }

  /**
   * Adds the fields of a gateway (RFC 9110, 7.6.3). X-Forwarded-For belongs to the load balancer, so it is set only if
   * it is missing.
   */
  addHop(protocol: string, peer: string | undefined): void {
    this.fields.push('Via', `${protocol} ${this.#pseudonym}`);
    if (!this.forwardedFor && peer !== undefined) this.fields.push('X-Forwarded-For', peer);
  }
}

/**
 * A response's fields as they are sent on to the client.
 * @param trailers the client accepts trailers, so the body is sent chunked
 * @throws Error if the primary used a transfer coding that cannot be decoded here
 */
export function responseFields(raw: readonly string[], trailers = false): string[] {
  const fields: string[] = [];
  let named: string | undefined;
  let chunked = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    const field = responseSpellings.of(name);
    if (field === 'pass' || field === 'trailer') fields.push(name, value);
    else if (field === 'coding') {
      if (!isChunked(value)) throw new Error(`the primary's answer has the transfer coding ${value}`);
      chunked = true;
    } else if (field === 'connection' && !isPlainConnection(value))
      named = named === undefined ? value : `${named},${value}`;
  }
  if (named !== undefined) remove(fields, named);
  if (!chunked || !trailers) remove(fields, 'trailer');
  return fields;
}

function isChunked(coding: string): boolean {
  return coding.trim().toLowerCase() === 'chunked';
}

function isPlainConnection(value: string): boolean {
  return value === 'keep-alive' || value === 'close' || value === 'Keep-Alive' || value === 'Close';
}

function remove(fields: string[], connection: string): void {
  const names = new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
  for (let i = fields.length - 2; i >= 0; i -= 2) {
    const name = fields[i]?.toLowerCase() ?? '';
    if (names.has(name) && !NEVER_REMOVED.test(name) && name !== 'te') fields.splice(i, 2);
  }
}
