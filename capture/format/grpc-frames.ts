/**
 * Frames of gRPC, gRPC-Web and Connect: a flag, four bytes of length, and a message
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
import type { Decode, Decoded } from './content-coding.ts';

const HEAD = 5;
/** gRPC-Web sends its trailers as the last frame. */
export const TRAILERS = 0x80;
export const COMPRESSED = 1;

export interface Frame {
  readonly flag: number;
  readonly content: Uint8Array;
}

/** Returns null if the bytes are not frames. */
export function framesOf(bytes: Uint8Array): Frame[] | null {
  const frames: Frame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + HEAD > bytes.length) return null;
    const end = at + HEAD + view.getUint32(at + 1);
    if (end > bytes.length) return null;
    frames.push({ flag: bytes[at] ?? 0, content: bytes.subarray(at + HEAD, end) });
    at = end;
  }
  return frames;
}

/** Cost of an empty message, expressed in bytes, because a decoder is started for each. */
const COST = 1_024;

/**
 * The same frames without compression, so that a message reads the same whether it was compressed or not. Null if a
 * message is not in `coding`, or if all messages together are longer than `limit`.
 */
export function uncompressed(bytes: Uint8Array, coding: string, decode: Decode, limit: number): Uint8Array | null {
  const frames = framesOf(bytes);
  if (frames === null || !frames.some(({ flag }) => (flag & COMPRESSED) !== 0)) return bytes;
  const pieces: Uint8Array[] = [];
  let room = limit;
  for (const { flag, content } of frames) {
    const message = (flag & COMPRESSED) === 0 ? content : decoded(decode(coding, content, Math.max(1, room)));
    if (message === null) return null;
    if (message !== content) room -= message.length + COST;
    if (room <= 0) return null;
    const head = new Uint8Array(HEAD);
    head[0] = flag & ~COMPRESSED;
    new DataView(head.buffer).setUint32(1, message.length);
    pieces.push(head, message);
  }
  return joined(pieces);
}

const decoded = (result: Decoded) => (result.outcome === 'decoded' ? result.bytes : null);

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The bytes of gRPC-Web in base64, encoded frame by frame or as a whole; null if the text is not base64. */
export function bytesOfGrpcText(text: string): Uint8Array | null {
  try {
    const parts = text
      .trim()
      .split(/(?<==)(?=[^=])/)
      .map((part) => atob(part));
    return Uint8Array.from(parts.join(''), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
