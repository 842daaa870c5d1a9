/** The comparer's `Decode` port by zlib: what Lambda, CLI and tests give to `compareRecord`. */
import * as zlib from 'node:zlib';
import type { Decode, Decoded } from '../format/index.ts';

type Inflate = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

const DECODERS: Readonly<Record<string, Inflate>> = {
  gzip: zlib.gunzipSync,
  'x-gzip': zlib.gunzipSync,
  deflate: inflateEither,
  br: zlib.brotliDecompressSync,
  // The CLI also runs where Node has no zstd yet (before 22.15).
  ...('zstdDecompressSync' in zlib ? { zstd: zlib.zstdDecompressSync } : {}),
};

export const decodeContent: Decode = (coding, bytes, limit): Decoded => {
  const inflate = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (inflate === undefined) return { outcome: 'unsupported' };
  try {
    return { outcome: 'decoded', bytes: inflate(bytes, { maxOutputLength: limit }) };
  } catch (error) {
    return { outcome: isTooLarge(error) ? 'too-large' : 'malformed' };
  }
};

/** `deflate` is zlib (RFC 9110, 8.4.1.2); some servers send it raw, and browsers read both. */
function inflateEither(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array {
  try {
    return zlib.inflateSync(bytes, options);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return zlib.inflateRawSync(bytes, options);
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
