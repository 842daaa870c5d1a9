/** Redacts a whole capture with one set of rules. */

import type { RawBody } from '../bytes/index.ts';
import type { CapturedBody } from '../format/index.ts';
import { BodyRedaction } from './body.ts';
import { FieldSearch } from './fields.ts';
import { CaptureHash } from './hash.ts';
import type { RedactionRules } from './rules.ts';
import { ContentSearch, PERSONAL_RULES, routeWithoutSecrets, SecretNames, TextSearch } from './search/index.ts';
import { redacted, type Seal } from './shapes/index.ts';

export class Redaction {
  readonly #key: string;
  readonly #text: TextSearch;
  readonly #fields: FieldSearch;
  readonly #bodies: BodyRedaction;

  constructor({ key, fields, parameters, pointers, keep = [] }: RedactionRules) {
    const personal = PERSONAL_RULES.filter((rule) => !keep.includes(rule));
    this.#key = key;
    this.#text = new TextSearch(new SecretNames(fields, parameters, personal), personal);
    this.#fields = new FieldSearch(this.#text);
    this.#bodies = new BodyRedaction(key, new ContentSearch(this.#text, pointers), this.#text);
  }

  /** @param identity identifies the capture @param target the request's */
  of(identity: readonly (string | number)[], target = ''): CaptureRedaction {
    return new CaptureRedaction(new CaptureHash(this.#key, identity), target, this.#text, this.#fields, this.#bodies);
  }

  route(target: string, templates: readonly string[]): string {
    return routeWithoutSecrets(target, templates, this.#text.names);
  }
}

/** Redaction within one capture: equal values at one place get the same hash. */
export class CaptureRedaction {
  readonly #hash: CaptureHash;
  readonly #target: string;
  readonly #text: TextSearch;
  readonly #fields: FieldSearch;
  readonly #bodies: BodyRedaction;

  constructor(hash: CaptureHash, target: string, text: TextSearch, fields: FieldSearch, bodies: BodyRedaction) {
    this.#hash = hash;
    this.#target = target;
    this.#text = text;
    this.#fields = fields;
    this.#bodies = bodies;
  }

  /** @param raw names and values alternating */
  headers(raw: readonly string[], part: 'request' | 'response'): [string, string][] {
    return this.#fields.headers(raw, this.#seal(part));
  }

  target(target: string): string {
    return this.#fields.target(target, this.#seal('request'));
  }

  /** Redacts plain text, such as an error message. */
  text(text: string, place: string): string {
    return redacted(text, this.#text.spans(text), this.#seal(place)).text;
  }

  /** @param headers header fields of the message, names and values alternating */
  body(body: RawBody, headers: readonly string[], part: 'request' | 'response'): CapturedBody {
    return this.#bodies.capture(body, headers, { hash: this.#hash, part, target: this.#target });
  }

  /** Keeps only the length and the hash of a body. */
  omit(body: RawBody, part: 'request' | 'response'): CapturedBody {
    return this.#bodies.omit(body, { hash: this.#hash, part, target: this.#target });
  }

  #seal(part: string): Seal {
    return (place, value) => this.#hash.of(`${part}/${place}`, value);
  }
}
