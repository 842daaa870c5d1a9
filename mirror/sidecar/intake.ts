/** Where Envoy hands exchanges over. An answer is given once the bytes have come: nothing waits for what is made of them. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { HAND_OVER_MS, SHARED } from '../envoy/index.ts';

/** Fields of both messages, beside both bodies. */
const HEADS_BYTES = 600_000;

/** Envoy's own limit, less what an answer may need to reach it: what comes later counts as slow there, and must not be taken too. */
const TAKEN_WITHIN_MS = 0.9 * HAND_OVER_MS;
/** Nothing waits so long, for Envoy has let go of its connection: a clock has jumped. */
const CLOCK_JUMPED_MS = 60_000;

/**
 * An answer that comes as Envoy gives the exchange up is not read: Envoy closes the connection, which it does with no other one that was used within its
 * idle time-out (clusters.ts). On a busy machine it is late with that.
 */
const GIVEN_UP_WITHIN_MS = 30_000;

/** Whether an exchange may still be taken. @param sentAt when Envoy handed it over */
export function inTime(sentAt: number, now: number): boolean {
  const age = now - sentAt;
  return age <= TAKEN_WITHIN_MS || age > CLOCK_JUMPED_MS;
}

/**
 * @param take told of each message; false lets it go, and a throw refuses it as unreadable
 * @param givenUp told of each that was taken after all, though Envoy has counted it as lost
 */
export function intake(bodyCap: number, take: (message: Buffer) => boolean, givenUp: () => void): Server {
  /** When the last exchange of a connection was taken. */
  const taken = new WeakMap<Socket, number>();
  // A request's body may come in base64.
  const limit = 3 * bodyCap + HEADS_BYTES;
  const server = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    taken.delete(req.socket);
    if (req.url !== SHARED.path || req.method !== 'POST') {
      res.writeHead(404).end();
      return;
    }
    bytesOf(req, limit).then(
      async (message) => {
        // Whether Envoy has given up meanwhile stands behind the last byte: what it has counted as lost is no capture too.
        await turn();
        // The end of a connection is read by a turn of its own.
        await turn();
        if (req.socket.readableEnded || req.socket.destroyed) res.destroy();
        else if (message === null) res.writeHead(413, { connection: 'close' }).end();
        else {
          const status = statusOf(() => take(message));
          if (status === TAKEN) taken.set(req.socket, performance.now());
          res.writeHead(status).end();
        }
      },
      // Envoy gave up on it, and has counted it.
      () => res.destroy(),
    );
  });
  return server.on('connection', (socket) => {
    socket.once('close', () => {
      // A server that closes ends its connections itself.
      const at = server.listening ? taken.get(socket) : undefined;
      if (at !== undefined && performance.now() - at < GIVEN_UP_WITHIN_MS) givenUp();
    });
  });
}

/** @returns null when there are more than `limit` */
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

/** What Envoy's script wrote may hold anything that a customer or a side sent. */
function statusOf(take: () => boolean): number {
  try {
    return take() ? TAKEN : 503;
  } catch {
    return 400;
  }
}
