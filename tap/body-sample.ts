/** The beginning of a body, and how long it was: what a capture keeps of it. */
import { isUtf8 } from 'node:buffer';
import type { CapturedBody } from '../parity/record.ts';

/** Firehose takes records of 1,000 KiB; two bodies in base64 and their headers must fit. */
export const BODY_CAP = 256 * 1024;

export class BodySample {
  readonly #chunks: Buffer[] = [];
  #kept = 0;
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#kept >= BODY_CAP) return;
    const part = chunk.subarray(0, BODY_CAP - this.#kept);
    this.#chunks.push(part);
    this.#kept += part.length;
  }

  capture(): CapturedBody {
    const data = Buffer.concat(this.#chunks);
    const encoding = isUtf8(data) ? 'utf8' : 'base64';
    return { encoding, data: data.toString(encoding), bytes: this.#bytes, truncated: this.#bytes > this.#kept };
  }
}
