/** A service whose answers are written by hand, byte for byte. */
import { createServer, type Server, type Socket } from 'node:net';

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok';

export interface RawPrimary {
  readonly server: Server;
  /** Everything that was received, by connection. */
  readonly got: string[];
}

/** Creates a service that calls `answer` for each head, or, with another `whole`, for each head with its body. */
export function primary(
  answer: (socket: Socket, request: string, connection: number) => void,
  whole = /\r\n\r\n/,
): RawPrimary {
  const got: string[] = [];
  const server = createServer((socket) => {
    const n = got.push('') - 1;
    let waiting = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      got[n] += chunk.toString('latin1');
      waiting += chunk.toString('latin1');
      if (!whole.test(waiting)) return;
      const request = waiting;
      waiting = '';
      answer(socket, request, n);
    });
  });
  return { server, got };
}
