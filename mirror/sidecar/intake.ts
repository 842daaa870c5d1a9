/** Accepts exchanges from Envoy. It answers when all bytes have arrived; processing happens afterwards. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { HAND_OVER_MS, SHARED } from '../envoy/index.ts';

/** Maximum size of the fields of both messages, in addition to both bodies. */
const HEADS_BYTES = 600_000;

/**
 * Envoy's own limit, less the time that an answer needs to reach it. Envoy counts later exchanges as slow, so they must
 * not be taken as well.
 */
const TAKEN_WITHIN_MS = 0.9 * HAND_OVER_MS;
/** No exchange waits this long, because Envoy closes its connection earlier. The clock has jumped. */
const CLOCK_JUMPED_MS = 60_000;

/**
 * Envoy does not read an answer that arrives just as it gives the exchange up. It then closes the connection, which it
 * does with no other connection used within its idle timeout (clusters.ts); on a busy machine it does so late.
 */
const GIVEN_UP_WITHIN_MS = 30_000;

/** Whether an exchange may still be taken. @param sentAt when Envoy handed it over */
export function inTime(sentAt: number, now: number): boolean {
  const age = now - sentAt;
  return age <= TAKEN_WITHIN_MS || age > CLOCK_JUMPED_MS;
}

/**
 * @param take receives each message; returns false to drop it, and throws to reject it as unreadable
 * @param givenUp called for each exchange that was taken although Envoy counted it as lost
 */
export function intake(bodyCap: number, take: (message: Buffer) => boolean, givenUp: () => void): Server {
  /** When the last exchange of each connection was taken. */
  const taken = new WeakMap<Socket, number>();
  // A request's body may be encoded in base64.
  const limit = 3 * bodyCap + HEADS_BYTES;
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    taken.delete(req.socket);
    if (req.url !== SHARED.path || req.method !== 'POST') {
      res.writeHead(404).end();
      return;
    }
    bytesOf(req, limit).then(
      async (message) => {
        // Envoy may have given up meanwhile, which shows only after the last byte. An exchange that it counted as lost
        // must not become a capture as well.
        await turn();
        // The end of a connection is reported in a later turn of the event loop.
        await turn();
        if (req.socket.readableEnded || req.socket.destroyed) res.destroy();
        else if (message === null) res.writeHead(413, { connection: 'close' }).end();
        else {
          const status = statusOf(() => take(message));
          if (status === TAKEN) taken.set(req.socket, performance.now());
          res.writeHead(status).end();
        }
      },
      // Envoy gave up on it and has counted it.
      () => res.destroy(),
    );
  });
  return server.on('connection', (socket) => {
    socket.once('close', () => {
      // A server that shuts down closes its connections itself.
      const at = server.listening ? taken.get(socket) : undefined;
      if (at !== undefined && performance.now() - at < GIVEN_UP_WITHIN_MS) givenUp();
    });
  });
}

/** @returns null if there are more than `limit` bytes */
async function bytesOf(req: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += chunk.length;
    if (bytes > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const TAKEN = 204;

/** The message may contain anything that a customer or a side sent, so parsing can fail. */
function statusOf(take: () => boolean): number {
  try {
    return take() ? TAKEN : 503;
  } catch {
    return 400;
  }
}
