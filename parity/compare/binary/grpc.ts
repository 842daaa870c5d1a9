/** Frames of gRPC and gRPC-Web: a flag, four bytes of length, a message (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
import { jsonOfProtobuf } from './protobuf.ts';

const HEAD = 5;
/** gRPC-Web sends its trailers as the last frame. */
const TRAILERS = 0x80;

/** An array of the messages, as JSON; null where the bytes are no frames, or a message is compressed. */
export function messagesOfGrpc(bytes: Uint8Array): string | null {
  const messages: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + HEAD > bytes.length) return null;
    const [flag, length] = [bytes[at] ?? 0, view.getUint32(at + 1)];
    const end = at + HEAD + length;
    if (end > bytes.length || (flag & 1) === 1) return null;
    const content = bytes.subarray(at + HEAD, end);
    const message = flag === TRAILERS ? trailers(content) : jsonOfProtobuf(content);
    if (message === null) return null;
    messages.push(message);
    at = end;
  }
  return `[${messages.join(',')}]`;
}

/** The same in base64, frame by frame or as a whole. */
export function textOfGrpc(text: string): string | null {
  try {
    const parts = text
      .trim()
      .split(/(?<==)(?=[^=])/)
      .map((part) => atob(part));
    return messagesOfGrpc(Uint8Array.from(parts.join(''), (character) => character.charCodeAt(0)));
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
