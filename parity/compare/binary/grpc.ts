/**
 * Frames of gRPC and gRPC-Web: a flag, four bytes of length, and a message
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
import { textsOfProtobuf, ValueBudget } from './protobuf.ts';
import { joined } from './words.ts';

const HEAD = 5;
/** gRPC-Web sends its trailers as the last frame. */
const TRAILERS = 0x80;
const COMPRESSED = 1;

interface Frame {
  readonly flag: number;
  readonly content: Uint8Array;
}

/**
 * Arrays of the messages, as JSON; null if the bytes are not frames, or if a message is compressed.
 * @throws RangeError if there are too many values
 */
export function textsOfGrpc(a: Uint8Array, b: Uint8Array): readonly [string | null, string | null] {
  const [x, y] = [framesOf(a), framesOf(b)];
  const budget = new ValueBudget();
  const [ours, theirs]: [(string | null)[], (string | null)[]] = [[], []];
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const [one, other] = messagesOf(x?.[i], y?.[i], budget);
    if (x !== null && i < x.length) ours.push(one);
    if (y !== null && i < y.length) theirs.push(other);
  }
  return [x && arrayOf(ours), y && arrayOf(theirs)];
}

const arrayOf = (messages: readonly (string | null)[]) => (messages.includes(null) ? null : `[${messages.join(',')}]`);

/** The messages at the same place on both sides. */
function messagesOf(
  a: Frame | undefined,
  b: Frame | undefined,
  budget: ValueBudget,
): readonly [string | null, string | null] {
  const messageIn = (frame: Frame | undefined) => (frame?.flag === TRAILERS ? NOTHING : (frame?.content ?? NOTHING));
  const [x, y] = textsOfProtobuf(messageIn(a), messageIn(b), budget);
  const told = (frame: Frame | undefined, message: string | null) =>
    frame?.flag === TRAILERS ? trailers(frame.content) : ((frame?.flag ?? 0) & COMPRESSED) !== 0 ? null : message;
  return [told(a, x), told(b, y)];
}

const NOTHING = new Uint8Array();

/** Returns null if the bytes are not frames. */
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
 * The same frames without compression, so that a message reads the same whether it was compressed or not.
 * @param decompress returns null if a message is not in its declared coding, or if all messages together are too long
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

/** The values of a repeated name form one list. */
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
