/** The beginning of a body, how long it was, and a keyed hash of the whole where the beginning is not all of it. */
import { createHmac, type Hmac } from 'node:crypto';

/** Beyond this nothing is hashed any more: a download of gigabytes must not cost the customers' event loop. */
export const DIGEST_LIMIT = 8 * 1024 * 1024;

export interface SamplePolicy {
  /** Bytes that are kept. */
  readonly cap: number;
  readonly key: string;
}

/** A body as far as it is known; crosses to the capture's thread. */
export interface RawBody {
  readonly data: Uint8Array<ArrayBuffer>;
  /** On the wire. */
  readonly bytes: number;
  readonly truncated: boolean;
  /** Of all bytes, where `data` does not hold them all. */
  readonly digest?: string;
}

export class BodySample {
  readonly #policy: SamplePolicy;
  #chunks: Buffer[] = [];
  #kept = 0;
  #bytes = 0;
  #hmac: Hmac | undefined;

  constructor(policy: SamplePolicy) {
    this.#policy = policy;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Buffer): void {
    const { cap, key } = this.#policy;
    this.#bytes += chunk.length;
    const room = cap - this.#kept;
    if (chunk.length <= room) {
      this.#chunks.push(chunk);
      this.#kept += chunk.length;
      return;
    }
    if (this.#hmac === undefined) {
      this.#hmac = createHmac('sha256', key);
      for (const kept of this.#chunks) this.#hmac.update(kept);
    }
    if (this.#bytes <= DIGEST_LIMIT) this.#hmac.update(chunk);
    if (room > 0) this.#chunks.push(chunk.subarray(0, room));
    this.#kept += Math.max(0, room);
  }

  /** What is known of the body now. */
  capture(): RawBody {
    const data = new Uint8Array(this.#kept);
    let at = 0;
    for (const chunk of this.#chunks) {
      data.set(chunk, at);
      at += chunk.length;
    }
    const body = { data, bytes: this.#bytes, truncated: this.#bytes > this.#kept };
    if (this.#hmac === undefined || this.#bytes > DIGEST_LIMIT) return body;
    return { ...body, digest: digestOf(this.#hmac) };
  }

  /** Lets go of what was kept. */
  discard(): void {
    this.#chunks = [];
    this.#kept = 0;
  }
}

export function digestOf(hmac: Hmac): string {
  return `hmac:${hmac.digest('hex')}`;
}
