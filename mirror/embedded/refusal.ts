/** Requests that the mirror refuses itself, plainly, and with the end of the connection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../message/index.ts';

export interface Refusal {
  readonly status: 400 | 501 | 505 | 508;
  readonly why: string;
}

/** A host and a port (RFC 9112, 3.2): anything else two servers in a row may cut at another place. */
const HOST = /^[\w.~!$&'()*+;=:%[\]@-]*$/;

/** What node's parser lets pass, but two servers in a row may understand in two ways (RFC 9112, 3.2 and 6.1); and circles. */
export function refusalOf(req: IncomingMessage, head: RequestHead): Refusal | null {
  if (req.httpVersionMajor !== 1) return { status: 505, why: 'HTTP/1.1 is spoken here' };
  // HTTP/1.0 has none; it goes on as HTTP/1.1, which must.
  if (head.hosts === 0) return { status: 400, why: 'no Host' };
  if (head.hosts > 1) return { status: 400, why: 'more than one Host' };
  if (!HOST.test(req.headers.host ?? '')) return { status: 400, why: 'no host in Host' };
  if (originForm(req) === null) return { status: 400, why: 'no path, and no http:// before one' };
  if (head.chunked && req.httpVersionMinor === 0) return { status: 400, why: 'chunks in HTTP/1.0' };
  if (head.coded) return { status: 501, why: 'no transfer coding but chunked is known here' };
  if (head.looped) return { status: 508, why: 'the mirror was reached by way of itself: check the URLs of its sides' };
  return null;
}

export interface OriginForm {
  readonly target: string;
  /** Of an absolute target: it takes Host's place (RFC 9112, 3.2.2). @default - Host stays */
  readonly host?: string;
}

/** A request's target as a primary reads it in one way only; null where it has none. */
export function originForm({ method, url = '/' }: IncomingMessage): OriginForm | null {
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return { target: url };
  const [, host, rest = ''] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (host === undefined || !HOST.test(host)) return null;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host };
}

export function refuse(res: ServerResponse, { status, why }: Refusal): void {
  res.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${why}\n`);
}

/** On a connection that is no HTTP any more. */
export function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status} \r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  linger(socket);
}

/** What a client still writes, until it has read our end. */
const LINGER_MS = 2_000;

/**
 * A connection that has been ended here. What still comes is thrown away: unread it would hide the client's own end, and keep the connection for ever; closed at once the connection
 * would be reset, and the answer lost (RFC 9112, 9.6).
 */
export function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}

/** An answer for the primary that gave none, or one that cannot be passed on: nothing of what it said stays in it. */
export function badGateway(res: ServerResponse): void {
  if (res.headersSent) {
    // Of an answer that still waits for the one before it, node would forget that it has failed.
    if (res.socket === null) res.once('socket', (socket) => socket.destroy());
    else res.destroy();
    return;
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  const text = 'Bad Gateway\n';
  const fields = ['Content-Type', 'text/plain', 'Content-Length', String(text.length), 'Connection', 'close'];
  res.writeHead(502, 'Bad Gateway', fields).end(text);
}

/** Of a parse error, as node's own handler answers it. */
export function statusOf(code: string): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400;
}

/** A reason phrase that can be sent as it is; an empty one otherwise, for which node has its own. */
export function reasonOf(reason: string | undefined): string {
  return reason !== undefined && /^[\t -~]+$/.test(reason) ? reason : '';
}
