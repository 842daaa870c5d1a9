/**
 * Removes the secrets from a captured body. A body that cannot be searched is omitted; its length and keyed hash
 * remain.
 */

import { isUtf8 } from 'node:buffer';
import { createHmac } from 'node:crypto';
import * as zlib from 'node:zlib';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { codingsOf, fieldPairs, type MediaType, mediaTypeOf } from '../../http/index.ts';
import { DIGEST_LIMIT, decodeContent, digestOf, type RawBody } from '../bytes/index.ts';
import { bytesOfGrpcText, type CapturedBody, decodeAll, uncompressed } from '../format/index.ts';
import { type Charset, charsetOf } from './charset.ts';
import type { CaptureHash } from './hash.ts';
import { type ContentSearch, mentionsSecret, type SecretNames, type TextSearch } from './search/index.ts';
import { redacted, type Seal } from './shapes/index.ts';

/** A body that decodes to more bytes than this is omitted. */
const DECODED_LIMIT = 4 * 1024 * 1024;

/** A hash takes a few microseconds, so a body with more secrets than this is omitted as a whole. */
const MOST_SECRETS = 10_000;

type Encode = (data: Uint8Array) => Uint8Array;
const gzip: Encode = (data) => gzipSync(data, { level: 1 });
const ENCODERS: Readonly<Record<string, Encode>> = {
  gzip,
  'x-gzip': gzip,
  deflate: (data) => deflateSync(data, { level: 1 }),
  br: (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  ...('zstdCompressSync' in zlib ? { zstd: (data: Uint8Array) => zlib.zstdCompressSync(data) } : {}),
};

/** Formats without names or readable text, which are kept unchanged. */
const OPAQUE = /^(?:image|audio|video|font)\/|^application\/(?:pdf|zip|gzip|wasm|font-\w+|vnd\.ms-fontobject)$/;

/** Formats in which names and values follow each other without a delimiter. A body that names a secret is omitted. */
const UNMARKED =
  /^application\/(?:grpc|connect\+|proto$|(?:x-|vnd\.)?msgpack|(?:x-|vnd\.google\.)?protobuf|cbor)|\+(?:cbor|msgpack|protobuf)$/;
/** Those of them whose fields have numbers instead of names: only the method's name tells what they hold. */
const WITHOUT_NAMES = /grpc|proto/;

/** Messages in frames, which may be compressed one by one; of gRPC-Web also in base64. */
const FRAMED = /^application\/(?:grpc|connect\+)/;
const GRPC_TEXT = /^application\/grpc-web-text/;

/** Control bytes that do not occur in text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const CONTROLS = /[\x01-\x08\x0e-\x1a\x1c\x1d\x1f]/;

/** Whose body this is, and the hash that keys its places. */
export interface BodyPlace {
  readonly hash: CaptureHash;
  readonly part: 'request' | 'response';
  /** The request's target. */
  readonly target: string;
}

export class BodyRedaction {
  readonly #key: string;
  readonly #content: ContentSearch;
  readonly #text: TextSearch;
  readonly #names: SecretNames;

  constructor(key: string, content: ContentSearch, text: TextSearch) {
    this.#key = key;
    this.#content = content;
    this.#text = text;
    this.#names = text.names;
  }

  /** @param headers header fields of the message, names and values alternating */
  capture(body: RawBody, headers: readonly string[], at: BodyPlace): CapturedBody {
    if (body.bytes === 0) return { ...encoded(body.data), bytes: 0, truncated: body.truncated };
    // At the cut, half a secret cannot be distinguished from half a word, and no comparison reads a partial body.
    if (body.truncated) return this.omit(body, at);
    const head = { headers: fieldPairs(headers) };
    const codings = codingsOf(head);
    const decoded = decodeAll(codings, body.data, (coding, bytes, limit) =>
      decodeContent(coding, bytes, Math.min(limit, DECODED_LIMIT)),
    );
    if (decoded.outcome !== 'decoded') return this.omit(body, at);
    const media = mediaTypeOf(head);
    const charset = charsetOf(decoded.bytes, media.parameters.get('charset'));
    if (charset === null) return this.omit(body, at);
    if (charset === 'binary' || UNMARKED.test(media.type)) {
      if (OPAQUE.test(media.type)) return plain(body);
      const bytes = messagesOf(decoded.bytes, media.type, headers);
      const unnamed = WITHOUT_NAMES.test(media.type) && this.#names.callsFor(at.target);
      return bytes === null || unnamed || this.#mentions(bytes) ? this.omit(body, at) : plain(body);
    }
    // The format is unknown and only happens to be readable as text; it holds names and values.
    if (CONTROLS.test(latin1(decoded.bytes)) && mentionsSecret(latin1(decoded.bytes))) return this.omit(body, at);
    if (charset.wide && this.#secretBytes(decoded.bytes, media)) return this.omit(body, at);
    const text = charset.decode(decoded.bytes);
    const spans = this.#content.spans(text, media);
    if (spans === null || spans.length > MOST_SECRETS) return this.omit(body, at);
    const seal: Seal = (place, value) => at.hash.of(`${at.part}-body/${place}`, value);
    const { text: rest, count } = redacted(text, spans, seal);
    if (count === 0) return plain(body);
    const data = this.#written(rest, charset, codings);
    if (data === null) return this.omit(body, at);
    return { ...encoded(data), bytes: body.bytes, truncated: false, ...this.#digest(body, at), redacted: count };
  }

  /** Also searches gzip content that is not labelled as such, because a recipient can decompress it. */
  #mentions(bytes: Uint8Array): boolean {
    const unlabelled = bytes[0] === 0x1f && bytes[1] === 0x8b ? decodeContent('gzip', bytes, DECODED_LIMIT) : null;
    if (unlabelled !== null && unlabelled.outcome !== 'decoded') return true;
    const text = latin1(unlabelled?.bytes ?? bytes);
    return mentionsSecret(text) || this.#text.spans(text).length > 0;
  }

  /** The declared charset may be wrong, in which case the secrets are readable anyway. */
  #secretBytes(bytes: Uint8Array, media: MediaType): boolean {
    const text = latin1(bytes);
    return (this.#content.spans(text, media) ?? this.#text.spans(text)).length > 0;
  }

  /** Keeps only the length and the hash. */
  omit(body: RawBody, at: BodyPlace): CapturedBody {
    return { encoding: 'utf8', data: '', bytes: body.bytes, truncated: true, ...this.#digest(body, at) };
  }

  /** Encodes the text again with its original codings, so that the captured header fields stay true. */
  #written(text: string, charset: Charset, codings: readonly string[]): Uint8Array | null {
    let data: Uint8Array = charset.encode(text);
    for (const coding of codings) {
      const encode = Object.hasOwn(ENCODERS, coding) ? ENCODERS[coding] : undefined;
      if (encode === undefined) return null;
      data = encode(data);
    }
    return data;
  }

  /** Of a body beyond the limit only the beginning is known: no hash may say that two of them are equal. */
  #digest({ data, bytes, digest }: RawBody, { hash, part }: BodyPlace): { readonly digest?: string } {
    if (digest === undefined && bytes > DIGEST_LIMIT) return {};
    const whole = digest ?? digestOf(createHmac('sha256', this.#key).update(data));
    return { digest: hash.ofDigest(part, whole) };
  }
}

/** The messages of a body without compression; null if they cannot be read. */
function messagesOf(bytes: Uint8Array, type: string, headers: readonly string[]): Uint8Array | null {
  if (!FRAMED.test(type)) return bytes;
  const framed = GRPC_TEXT.test(type) ? bytesOfGrpcText(latin1(bytes)) : bytes;
  const [, coding = 'identity'] =
    fieldPairs(headers).find(([name]) => /^(?:grpc|connect-content)-encoding$/i.test(name)) ?? [];
  return framed && uncompressed(framed, coding.toLowerCase(), decodeContent, DECODED_LIMIT);
}

function plain({ data, bytes }: RawBody): CapturedBody {
  return { ...encoded(data), bytes, truncated: false };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function encoded(data: Uint8Array): Pick<CapturedBody, 'encoding' | 'data'> {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const encoding = isUtf8(buffer) ? 'utf8' : 'base64';
  return { encoding, data: buffer.toString(encoding) };
}
