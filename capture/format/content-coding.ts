/** The port that undoes a content coding (RFC 9110, 8.4.1), since decompression is not pure JavaScript's work. */

/** Most bytes that one body may have after decoding. More is not compared: a small body may decode to a huge one. */
export const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** Codings stacked on one body; more is not what a server sends. */
export const MAX_CODINGS = 4;

export type Decoded =
  | { readonly outcome: 'decoded'; readonly bytes: Uint8Array }
  /** `malformed`: not in that coding. `too-large`: over the limit. `unsupported`: a coding that nobody here knows. */
  | { readonly outcome: 'malformed' | 'too-large' | 'unsupported' };

/** `coding` in lower case, as in Content-Encoding. Answers at most `limit` bytes and never throws. */
export type Decode = (coding: string, bytes: Uint8Array, limit: number) => Decoded;

/** Undoes `codings`, the last applied first. */
export function decodeAll(codings: readonly string[], bytes: Uint8Array, decode: Decode): Decoded {
  if (codings.length > MAX_CODINGS) return { outcome: 'unsupported' };
  let content = bytes;
  for (const coding of codings.toReversed()) {
    const decoded = decode(coding, content, MAX_DECODED_BYTES);
    if (decoded.outcome !== 'decoded') return decoded;
    content = decoded.bytes;
  }
  return { outcome: 'decoded', bytes: content };
}
