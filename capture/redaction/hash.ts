/**
 * The hash that stands for a secret. It is keyed by the cutover's key, the capture and the place: both sides' values at one place
 * of one capture compare equal, and nothing else does. A reader of captures who may send requests as well cannot try a
 * value out, since the same value at the same place of another capture has another hash.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const DIGITS = 16;

export class CaptureHash {
  /** Node makes one of a buffer's bytes at each hash, five times as slowly as it hashes: that was two fifths of all redaction. */
  readonly #key: KeyObject;

  /** @param capture what tells the capture from every other, also after a second delivery */
  constructor(key: string, capture: readonly (string | number)[]) {
    this.#key = createSecretKey(createHmac('sha256', key).update(JSON.stringify(capture)).digest());
  }

  /** Of a value at a place. */
  of(place: string, value: string): string {
    return `hmac:${this.#hex(`value/${place}`, value).slice(0, DIGITS)}`;
  }

  /** Of a body's digest, which is keyed by the cutover's key alone while the body streams. */
  ofDigest(place: string, digest: string): string {
    return `hmac:${this.#hex(`digest/${place}`, digest)}`;
  }

  #hex(place: string, value: string): string {
    return createHmac('sha256', this.#key).update(`${place.length}:${place}`).update(value).digest('hex');
  }
}
