/** HTTP/2 frames as bytes, valid or not. */
import { connect } from 'node:net';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** Encodes a frame (RFC 9113, 4.1). @param length the length that its head claims */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head.set([type, flags], 3);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** Encodes fields as literals without indexing and without Huffman coding (RFC 7541, 6.2.2). */
export function literals(fields: Fields): Buffer {
  const text = (value: string) => Buffer.concat([lengthOf(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** Encodes an integer with a prefix of seven bits (RFC 7541, 5.1). */
function lengthOf(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  let rest = length - 127;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Sends the frames. Resolves when the first stream, or the connection, has ended. */
export function played(port: number, frames: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let unread = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      while (unread.length >= 9) {
        const length = 9 + unread.readUIntBE(0, 3);
        if (unread.length < length) return;
        const [type, flags = 0, stream] = [unread[3], unread[4], unread.readUInt32BE(5)];
        const ends = (type === TYPE.data || type === TYPE.headers) && (flags & END_STREAM) !== 0;
        if (type === TYPE.goaway || (stream === 1 && (ends || type === TYPE.reset))) socket.end();
        unread = unread.subarray(length);
      }
    });
    socket.write(Buffer.concat(frames));
  });
}
