/** Finds secrets in header fields, cookies and request targets. */

import { fieldPairs } from '../../http/index.ts';
import { LOGS, type SecretNames, secretParameters, type TextSearch, tokensInPath } from './search/index.ts';
import { addAll, isRandom, redacted, type Seal, type Span, shifted } from './shapes/index.ts';

/**
 * Authentication schemes that stay readable (IANA's registry and common ones). Any other word in this place may itself
 * be the secret.
 */
const SCHEME =
  /^(?:basic|bearer|concealed|digest|dpop|gnap|hawk|hmac|hoba|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-\d+|token|vapid|apikey|sharedkey(?:lite)?|signature|aws4-[\w-]+)[ \t]+(?=\S)/i;
/** Fields that hold a URL, whose path is searched too. */
const URL_FIELD = /^(?:location|content-location|referer|link|refresh|.*-(?:url|uri|path))$/;
/** Fields with a host and a port. Clients that take them from a URL may leave user information before the host. */
const HOST_FIELD = /^(?:host|.*-(?:host|server|authority)|alt-used)$/;
/** A serialised origin (RFC 6454, 6.2). Any other value of the field is unknown and is removed. */
const ORIGIN = /^(?:null|\*|[a-z][a-z\d+.-]*:\/\/[^\s/@?#]+)$/i;

export class FieldSearch {
  readonly #text: TextSearch;
  readonly #names: SecretNames;

  constructor(text: TextSearch) {
    this.#text = text;
    this.#names = text.names;
  }

  /** @param raw names and values alternating */
  headers(raw: readonly string[], seal: Seal): [string, string][] {
    return fieldPairs(raw).map(([name, value]) => {
      const field = name.toLowerCase();
      const at: Seal = (place, said) => seal(`${field}/${place}`, said);
      return [name, redacted(value, this.#spans(field, value), at).text];
    });
  }

  /** The request target: path, query, and any other part. */
  target(target: string, seal: Seal): string {
    return redacted(target, this.url(target), (place, value) => seal(`target/${place}`, value)).text;
  }

  /** Spans to redact in a URL or a URL reference. */
  url(url: string): Span[] {
    const spans = this.#text.spans(url);
    const path = url.includes('://') ? url.indexOf('/', url.indexOf('://') + 3) : 0;
    if (path >= 0) addAll(spans, tokensInPath(url, this.#names, path));
    const query = url.search(/[?#]/);
    if (query >= 0) {
      const parameters = secretParameters(url.slice(query), this.#names, (value, more) =>
        this.#text.spans(value, more),
      );
      addAll(spans, parameters.map(shifted(query)));
    }
    return spans;
  }

  #setCookie(value: string): Span[] {
    const end = value.includes(';') ? value.indexOf(';') : value.length;
    const path = value.slice(end).search(/path=/i);
    return [
      ...cookies(value, end),
      ...this.#text.spans(value.slice(end)).map(shifted(end)),
      ...(path < 0
        ? []
        : tokensInPath(value.slice(end + path + 5).split(';', 1)[0] ?? '', this.#names).map(shifted(end + path + 5))),
    ];
  }

  #spans(name: string, value: string): Span[] {
    const whole = (start: number): Span[] => [{ start, end: value.length, place: '' }];
    switch (name) {
      case 'cookie':
        return cookies(value, value.length);
      case 'set-cookie':
        // The service sets the name and the attributes, and they are compared; the value belongs to the customer.
        return this.#setCookie(value);
      case 'origin':
        return ORIGIN.test(value) ? [] : whole(0);
      case 'sec-websocket-protocol':
        return protocolTokens(value);
    }
    const secrecy = this.#names.ofField(name);
    if (secrecy === 'secret') return whole(/authorization$/.test(name) ? (SCHEME.exec(value)?.[0].length ?? 0) : 0);
    if (secrecy === 'random' && isRandom(value)) return whole(0);
    const spans = this.#text.spans(value);
    // gRPC binary metadata: bytes in base64.
    if (/-bin$/.test(name) && this.#text.spans(Buffer.from(value, 'base64').toString('latin1')).length > 0)
      return whole(0);
    if (HOST_FIELD.test(name) && value.includes('@'))
      spans.push({ start: 0, end: value.lastIndexOf('@'), place: 'user-info' });
    if (URL_FIELD.test(name)) {
      for (const { index, 0: url } of value.matchAll(/[^\s<>,;"']+/g)) addAll(spans, this.url(url).map(shifted(index)));
    }
    return spans;
  }
}

/**
 * A browser cannot set `Authorization` on a WebSocket, so clients send the token as a sub-protocol: after a protocol
 * whose name mentions tokens, or within the name.
 */
function protocolTokens(value: string): Span[] {
  const spans: Span[] = [];
  let announced = false;
  for (const { index, 0: item } of value.matchAll(/[^\s,]+/g)) {
    const held = /^base64url\.bearer\.authorization\.[\w.-]*?\.(?=[\w-]+$)/i.exec(item)?.[0].length ?? 0;
    if (announced || held > 0 || isRandom(item))
      spans.push({ start: index + held, end: index + item.length, place: 'token' });
    announced = /bearer|token|auth|jwt/i.test(item);
  }
  return spans;
}

/** Values of `name=value; name=value`, and entries without a name. */
function cookies(text: string, end: number): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < end; ) {
    const semicolon = text.indexOf(';', start);
    const next = semicolon < 0 || semicolon > end ? end : semicolon;
    const pair = text.slice(start, next);
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1);
    const from = start + equals + 1 + value.length - value.trimStart().length;
    spans.push({ start: from, end: from + value.trim().length, place: pair.slice(0, Math.max(equals, 0)).trim() });
    start = next + 1;
  }
  return spans;
}

const LOG_FIELDS = new FieldSearch(LOGS);

/** Returns a request target for a log or a message, with its secrets removed and not hashed. */
export function targetWithoutSecrets(target: string): string {
  return redacted(target, LOG_FIELDS.url(target), () => '{secret}').text;
}
