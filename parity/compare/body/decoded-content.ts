/** A body as its reader gets it: capture's encoding and content codings undone, characters decoded by the charset. */

import { type Decode, type Decoded, decodeAll, type ResponseLeg } from '../../../capture/format/index.ts';
import { codingsOf, type MediaType, mediaTypeOf } from '../../../http/index.ts';

export interface Content {
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
  /** null where the bytes are no text in the charset that they claim. */
  readonly text: string | null;
}

export type Read = Content | Exclude<Decoded['outcome'], 'decoded'> | 'no-decoder';

export function readContent(leg: ResponseLeg, decode: Decode | undefined): Read {
  const codings = codingsOf(leg);
  const mediaType = mediaTypeOf(leg);
  const { encoding, data } = leg.body;
  if (codings.length === 0 || leg.body.bytes === 0) {
    if (encoding === 'utf8' && isUtf8(mediaType)) return textContent(mediaType, data);
    const bytes = encoding === 'utf8' ? new TextEncoder().encode(data) : fromBase64(data);
    return bytes === null ? 'malformed' : byteContent(mediaType, bytes);
  }
  const bytes = encoding === 'utf8' ? new TextEncoder().encode(data) : fromBase64(data);
  if (bytes === null) return 'malformed';
  if (decode === undefined) return 'no-decoder';
  const decoded = decodeAll(codings, bytes, decode);
  return decoded.outcome === 'decoded' ? byteContent(mediaType, decoded.bytes) : decoded.outcome;
}

export function byteContent(mediaType: MediaType, bytes: Uint8Array): Content {
  return { mediaType, bytes, text: decodeText(bytes, mediaType.parameters.get('charset')) };
}

/** The text is there; its bytes are made only if somebody asks. */
function textContent(mediaType: MediaType, text: string): Content {
  let bytes: Uint8Array | undefined;
  return {
    mediaType,
    text,
    get bytes() {
      bytes ??= new TextEncoder().encode(text);
      return bytes;
    },
  };
}

function isUtf8({ parameters }: MediaType): boolean {
  const charset = parameters.get('charset')?.toLowerCase();
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/** Another byte is another text: nothing is replaced by U+FFFD, and a byte order mark stays in the text of UTF-8. */
function decodeText(bytes: Uint8Array, charset = 'utf-8'): string | null {
  try {
    const [label, content] = endianness(charset.toLowerCase(), bytes);
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** `utf-16` names no order of bytes: its mark does, and is then no part of the text. */
function endianness(label: string, bytes: Uint8Array): readonly [string, Uint8Array] {
  if (label !== 'utf-16' || bytes.length < 2) return [label, bytes];
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfeff) return ['utf-16be', bytes.subarray(2)];
  return mark === 0xfffe ? ['utf-16le', bytes.subarray(2)] : ['utf-16le', bytes];
}

function fromBase64(data: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
