/** The port that reverses a content coding (RFC 9110, 8.4.1). It is a port because decompression needs native code. */

/**
 * The largest decoded body that is compared, in bytes. The limit exists because a small body can decode to a huge one.
 */
export const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/** How many codings may be stacked on one body. No real server sends more. */
export const MAX_CODINGS = 4;

export type Decoded =
  | { readonly outcome: 'decoded'; readonly bytes: Uint8Array }
  /**
   * `malformed`: the bytes are not in that coding. `too-large`: the result exceeds the limit. `unsupported`: the coding
   * is unknown.
   */
  | { readonly outcome: 'malformed' | 'too-large' | 'unsupported' };

/** Decodes `bytes`. `coding` is lower case, as in Content-Encoding. Returns at most `limit` bytes and never throws. */
export type Decode = (coding: string, bytes: Uint8Array, limit: number) => Decoded;

/** Reverses `codings`, starting with the one that was applied last. */
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
