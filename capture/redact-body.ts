/** A captured body without its secrets. What cannot be looked into is left out: its length and keyed hash remain. */
import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { digestOf, type RawBody } from './body-sample.ts';
import type { CapturedBody } from './format/index.ts';
import type { RedactionRules, Redactor } from './redact-fields.ts';
import { JsonRedaction } from './redact-json.ts';

/** A body may unfold to this many bytes; one that wants more is left out. */
const DECODED_LIMIT = 4 * 1024 * 1024;

interface Coding {
  decode(data: Uint8Array): Buffer;
  encode(data: Uint8Array): Buffer;
}
const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: { decode: (d) => gunzipSync(d, { maxOutputLength: DECODED_LIMIT }), encode: (d) => gzipSync(d, { level: 1 }) },
  br: {
    decode: (d) => brotliDecompressSync(d, { maxOutputLength: DECODED_LIMIT }),
    encode: (d) => brotliCompressSync(d),
  },
};
const IDENTITY: Coding = { decode: (d) => Buffer.from(d), encode: (d) => Buffer.from(d) };

export class BodyRedaction {
  readonly #key: string;
  readonly #redactor: Redactor;
  readonly #json: JsonRedaction;

  constructor(rules: RedactionRules, redactor: Redactor) {
    this.#key = rules.key;
    this.#redactor = redactor;
    this.#json = new JsonRedaction(rules.pointers);
  }

  /** @param headers the message's fields, names and values alternating */
  capture(body: RawBody, headers: readonly string[]): CapturedBody {
    const type = (fieldOf(headers, 'content-type') ?? '').toLowerCase();
    const codingName = (fieldOf(headers, 'content-encoding') ?? 'identity').trim().toLowerCase();
    const isForm = type.startsWith('application/x-www-form-urlencoded');
    if (body.bytes === 0 || !(isForm || isJson(type, body.data, codingName))) return this.#plain(body);
    const coding = codingName === 'identity' || codingName === '' ? IDENTITY : CODINGS[codingName];
    const text = coding === undefined ? null : decoded(coding, body);
    if (coding === undefined || text === null) return this.omit(body);
    const hash = (token: string) => this.#redactor.hash(token);
    const redacted = isForm ? this.#form(text) : this.#json.redact(text, hash);
    if (redacted === null) return this.omit(body);
    if (redacted.count === 0) return this.#plain(body);
    // Written anew in its coding, so that the fields captured with it stay true.
    const data = coding.encode(Buffer.from(redacted.text));
    return {
      ...encoded(data),
      bytes: body.bytes,
      truncated: body.truncated,
      digest: this.#digest(body),
      redacted: redacted.count,
    };
  }

  #form(text: string): { text: string; count: number } {
    const redacted = this.#redactor.form(text);
    return { text: redacted, count: redacted === text ? 0 : 1 };
  }

  #plain({ data, bytes, truncated, digest }: RawBody): CapturedBody {
    return { ...encoded(data), bytes, truncated, ...(digest === undefined ? {} : { digest }) };
  }

  /** Nothing but its length and hash. */
  omit(body: RawBody): CapturedBody {
    return { encoding: 'utf8', data: '', bytes: body.bytes, truncated: true, digest: this.#digest(body) };
  }

  #digest({ data, digest }: RawBody): string {
    return digest ?? digestOf(createHmac('sha256', this.#key).update(data));
  }
}

/** Text of a whole or cut body; null when it does not decode. */
function decoded(coding: Coding, body: RawBody): string | null {
  if (body.truncated && coding !== IDENTITY) return null;
  try {
    const bytes = coding.decode(body.data);
    return isUtf8(bytes) || body.truncated ? bytes.toString('utf8') : null;
  } catch {
    return null;
  }
}

function isJson(type: string, data: Uint8Array, coding: string): boolean {
  if (/^application\/(?:[\w.-]+\+)?json\b/.test(type) || type.startsWith('text/json')) return true;
  // Go sniffs an untyped answer as text/plain: what begins like JSON is looked into all the same.
  return coding !== 'identity' ? type === '' || type.startsWith('text/plain') : data[0] === 0x7b || data[0] === 0x5b;
}

function encoded(data: Uint8Array): Pick<CapturedBody, 'encoding' | 'data'> {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const encoding = isUtf8(buffer) ? 'utf8' : 'base64';
  return { encoding, data: buffer.toString(encoding) };
}

function fieldOf(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) if (headers[i]?.toLowerCase() === name) return headers[i + 1];
  return undefined;
}
