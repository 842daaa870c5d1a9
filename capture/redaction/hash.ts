/**
 * The hash that replaces a secret. Its key combines the cutover's key, the capture and the place: within one capture,
 * both sides' values at the same place compare equal, and nothing else does. A reader of captures who can also send
 * requests cannot test a guess, because the same value at the same place in another capture has another hash.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const DIGITS = 16;

export class CaptureHash {
  /**
   * Passing a buffer makes Node create a key object for each hash, which takes five times as long as the hash itself:
   * two fifths of all redaction.
   */
  readonly #key: KeyObject;

  /** @param capture identifies the capture, and is the same for a second delivery of it */
  constructor(key: string, capture: readonly (string | number)[]) {
    this.#key = createSecretKey(createHmac('sha256', key).update(JSON.stringify(capture)).digest());
  }

  /** Hash of a value at a place. */
  of(place: string, value: string): string {
    return `hmac:${this.#hex(`value/${place}`, value).slice(0, DIGITS)}`;
  }

  /**
   * Hash of a body digest. The digest itself is keyed by the cutover's key alone, because it is computed while the body
   * streams.
   */
  ofDigest(place: string, digest: string): string {
    return `hmac:${this.#hex(`digest/${place}`, digest)}`;
  }

  #hex(place: string, value: string): string {
    return createHmac('sha256', this.#key).update(`${place.length}:${place}`).update(value).digest('hex');
  }
}
