/** Frames of gRPC and gRPC-Web: a flag, four bytes of length, a message (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
import { textsOfProtobuf } from './protobuf.ts';
import { joined } from './words.ts';

const HEAD = 5;
/** gRPC-Web sends its trailers as the last frame. */
const TRAILERS = 0x80;
const COMPRESSED = 1;

interface Frame {
  readonly flag: number;
  readonly content: Uint8Array;
}

/** Arrays of the messages, as JSON; null where the bytes are no frames, or a message is compressed. */
export function textsOfGrpc(a: Uint8Array, b: Uint8Array): readonly [string | null, string | null] {
  const [x, y] = [framesOf(a), framesOf(b)];
  return [x && messagesOf(x, y ?? []), y && messagesOf(y, x ?? [])];
}

function messagesOf(frames: readonly Frame[], others: readonly Frame[]): string | null {
  const messages: string[] = [];
  for (const [i, { flag, content }] of frames.entries()) {
    if ((flag & COMPRESSED) !== 0) return null;
    const message =
      flag === TRAILERS ? trailers(content) : textsOfProtobuf(content, others[i]?.content ?? new Uint8Array())[0];
    if (message === null) return null;
    messages.push(message);
  }
  return `[${messages.join(',')}]`;
}

/** null where the bytes are none. */
function framesOf(bytes: Uint8Array): Frame[] | null {
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

/**
 * The same frames without compression, so that a message reads alike whether it was compressed or not.
 * @param decompress null where a message is not in its coding, or all are too long together
 */
export function uncompressed(
  bytes: Uint8Array,
  decompress: (message: Uint8Array) => Uint8Array | null,
): Uint8Array | null {
  const frames = framesOf(bytes);
  if (frames === null || !frames.some(({ flag }) => (flag & COMPRESSED) !== 0)) return bytes;
  const pieces: Uint8Array[] = [];
  for (const { flag, content } of frames) {
    const message = (flag & COMPRESSED) === 0 ? content : decompress(content);
    if (message === null) return null;
    const head = new Uint8Array(HEAD);
    head[0] = flag & ~COMPRESSED;
    new DataView(head.buffer).setUint32(1, message.length);
    pieces.push(head, message);
  }
  return joined(pieces);
}

/** The bytes of gRPC-Web in base64, frame by frame or as a whole; null where they are none. */
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

/** Of a name that stands twice the values are one list. */
function trailers(bytes: Uint8Array): string {
  const known = new Map<string, string>();
  for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const before = known.get(name.toLowerCase());
    known.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return JSON.stringify({ trailers: Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1))) });
}
