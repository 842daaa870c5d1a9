/** Requests that the mirror itself refuses, with a plain answer that ends the connection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHead } from '../message/index.ts';

export interface Refusal {
  readonly status: 400 | 501 | 505 | 508;
  readonly why: string;
}

/** A host and a port (RFC 9112, 3.2). Two servers in a row may split anything else differently. */
const HOST = /^[\w.~!$&'()*+;=:%[\]@-]*$/;

/**
 * Refuses loops, and requests that Node's parser accepts but that two servers in a row may interpret differently (RFC
 * 9112, 3.2 and 6.1).
 */
export function refusalOf(req: IncomingMessage, head: RequestHead): Refusal | null {
  if (req.httpVersionMajor !== 1) return { status: 505, why: 'HTTP/1.1 is spoken here' };
  // HTTP/1.0 requires no Host, but the request is sent on as HTTP/1.1, which does.
  if (head.hosts === 0) return { status: 400, why: 'no Host' };
  if (head.hosts > 1) return { status: 400, why: 'more than one Host' };
  if (!HOST.test(req.headers.host ?? '')) return { status: 400, why: 'no host in Host' };
  if (originForm(req) === null) return { status: 400, why: 'no path, and no http:// before one' };
  if (head.chunked && req.httpVersionMinor === 0) return { status: 400, why: 'chunks in HTTP/1.0' };
  if (head.coded) return { status: 501, why: 'no transfer coding but chunked is known here' };
  if (head.looped)
    return { status: 508, why: 'the request has passed through this mirror before: check the URLs of its sides' };
  return null;
}

export interface OriginForm {
  readonly target: string;
  /** Host of an absolute target, which replaces the Host field (RFC 9112, 3.2.2). @default - Host stays */
  readonly host?: string;
}

/** The request target in the one form that a primary cannot misread; null if there is no such form. */
export function originForm({ method, url = '/' }: IncomingMessage): OriginForm | null {
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return { target: url };
  const [, host, rest = ''] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (host === undefined || !HOST.test(host)) return null;
  return { target: rest.startsWith('/') ? rest : `/${rest}`, host };
}

export function refuse(res: ServerResponse, { status, why }: Refusal): void {
  res.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${why}\n`);
}

/** Refuses on a connection that no longer speaks HTTP. */
export function refuseSocket(socket: Duplex, status: number): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status} \r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  linger(socket);
}

/** How long to keep reading from a client, until it has read the end of the connection. */
const LINGER_MS = 2_000;

/**
 * Lingers on a connection that has been ended on this side. Incoming bytes are discarded: left unread, they would hide
 * the client's own end and keep the connection open forever. Closing at once would reset the connection, and the answer
 * would be lost (RFC 9112, 9.6).
 */
export function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
}

/**
 * Answers 502 if the primary gave no answer, or one that cannot be passed on. Nothing of the primary's answer remains.
 */
export function badGateway(res: ServerResponse): void {
  if (res.headersSent) return void res.destroy();
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  const text = 'Bad Gateway\n';
  const fields = ['Content-Type', 'text/plain', 'Content-Length', String(text.length), 'Connection', 'close'];
  res.writeHead(502, 'Bad Gateway', fields).end(text);
}

/** Status for a parse error, as Node's own handler chooses it. */
export function statusOf(code: string): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW' ? 413 : 400;
}

/** The reason phrase, if it can be sent unchanged; otherwise an empty one, which Node replaces by its own. */
export function reasonOf(reason: string | undefined): string {
  return reason !== undefined && /^[\t -~]+$/.test(reason) ? reason : '';
}
