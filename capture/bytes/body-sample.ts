/**
 * Keeps the beginning of a body, its length, and, if the beginning is not the whole body, a keyed hash of the whole.
 */
import { createHmac, type Hmac } from 'node:crypto';

/**
 * Hashing stops after this many bytes: a download of several gigabytes must not block the event loop that serves
 * customers.
 */
export const DIGEST_LIMIT = 8 * 1024 * 1024;

export interface SamplePolicy {
  /** How many bytes are kept. */
  readonly cap: number;
  readonly key: string;
}

/** What is known of a body. Can be transferred to the capture thread. */
export interface RawBody {
  readonly data: Uint8Array<ArrayBuffer>;
  /** Length on the wire, in bytes. */
  readonly bytes: number;
  readonly truncated: boolean;
  /** Keyed hash of all bytes; present if `data` does not hold all of them. */
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

  /** The sample as it stands now. */
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

  /** Releases the bytes that were kept. */
  discard(): void {
    this.#chunks = [];
    this.#kept = 0;
  }
}

export function digestOf(hmac: Hmac): string {
  return `hmac:${hmac.digest('hex')}`;
}
