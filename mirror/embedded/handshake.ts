/**
 * Requests whose handshake undici does not pass on: `Expect: 100-continue`, upgrades (WebSocket), trailers after the request's
 * body, and targets in other than origin form. They go by node's own client, to the primary only, and are never copied.
 */
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fieldPairs } from '../../http/index.ts';
import { type RequestHead, responseFields } from '../message/index.ts';
import { badGateway, reasonOf, refuseSocket } from './refusal.ts';

export interface HandshakeOptions {
  readonly primary: URL;
  /** Told why the client got no answer of the primary's. */
  readonly failed: (error: unknown) => void;
  /** Whether an answer that begins now says that the connection ends with it. */
  readonly closing: () => boolean;
}

/** A request that ends in a response; an expectation goes to the primary, whose 100 or final answer goes to the client. */
export async function relay(
  options: HandshakeOptions,
  req: IncomingMessage,
  res: ServerResponse,
  head: RequestHead,
): Promise<void> {
  const expects = req.headers.expect !== undefined;
  try {
    const upstream = send(options, req, [...head.fields, ...(expects ? ['Expect', '100-continue'] : [])], head);
    res.once('close', () => upstream.destroy());
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.once('error', reject);
    });
    upstream.on('information', ({ statusCode, rawHeaders }) => {
      // An early hint that cannot be passed on is left out.
      if (statusCode !== 100)
        attempt(
          () => res.writeInformation(statusCode, responseFields(rawHeaders)),
          () => {},
        );
    });
    let continued = false;
    upstream.once('continue', () => {
      continued = true;
      if (expects) res.writeContinue();
    });
    if (expects) upstream.flushHeaders();
    // A client need not wait to be told to go on (RFC 9110, 10.1.1).
    forwardBody(req, upstream, head);
    const response = await answered;
    const fields = responseFields(response.rawHeaders, req.httpVersionMinor >= 1 && req.method !== 'HEAD');
    // A client that was not told to go on may or may not send the body: what follows on this connection is anybody's guess.
    if ((expects && !continued && !req.complete) || options.closing()) fields.push('Connection', 'close');
    const phrase = reasonOf(response.statusMessage);
    if (phrase === '') res.writeHead(response.statusCode ?? 502, fields);
    else res.writeHead(response.statusCode ?? 502, phrase, fields);
    await pipeline(response, res, { end: false });
    if (response.rawTrailers.length > 0) res.addTrailers(fieldPairs(response.rawTrailers));
    res.end();
  } catch (error) {
    if (res.destroyed) return;
    options.failed(error);
    badGateway(res);
  }
}

/** A request to become another protocol: when the primary agrees, both sockets are one line, otherwise its answer is passed on. */
export function upgrade(
  options: HandshakeOptions,
  req: IncomingMessage,
  socket: Duplex,
  first: Buffer,
  head: RequestHead,
): void {
  const protocol = req.headers.upgrade ?? '';
  let answered = false;
  let gone = false;
  const failed = (error: unknown) => {
    if (!gone) options.failed(error);
    if (answered || gone) socket.destroy();
    else refuseSocket(socket, 502);
  };
  const upstream = attempt(
    () => send(options, req, [...head.fields, 'Connection', 'Upgrade', 'Upgrade', protocol], head),
    failed,
  );
  if (upstream === null) return;
  socket.once('close', () => {
    gone = true;
    upstream.destroy();
  });
  upstream.on('error', failed);
  upstream.once('upgrade', (response, other, early) => {
    answered = true;
    const passed = attempt(() => responseFields(response.rawHeaders), failed);
    if (passed === null) return void other.destroy();
    const fields = [...passed, 'Connection', 'Upgrade'];
    socket.write(headText(response, [...fields, 'Upgrade', response.headers.upgrade ?? protocol]), 'latin1');
    other.on('error', () => socket.destroy());
    other.once('close', () => socket.destroy());
    socket.once('close', () => other.destroy());
    if (early.length > 0) socket.write(early);
    if (first.length > 0) other.write(first);
    socket.pipe(other).pipe(socket);
  });
  upstream.once('response', (response) => {
    answered = true;
    // After a refusal the connection ends: what follows on it was meant for another protocol. Node has taken the chunks apart.
    const fields = attempt(() => [...responseFields(response.rawHeaders), 'Connection', 'close'], failed);
    if (fields === null) return;
    socket.write(headText(response, fields), 'latin1');
    // Half an answer must not look like a whole one that waits.
    void pipeline(response, socket).catch(() => socket.destroy());
  });
  upstream.end();
}

function send(
  { primary }: HandshakeOptions,
  req: IncomingMessage,
  headers: string[],
  head: RequestHead,
): ClientRequest {
  return request({
    // Node takes an IPv6 address without its brackets.
    host: primary.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: primary.port === '' ? 80 : primary.port,
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    // Node frames the body by itself once the field says that it is chunked.
    headers: head.chunked ? [...headers, 'Transfer-Encoding', 'chunked'] : headers,
    setHost: false,
    agent: false,
  });
}

function forwardBody(req: IncomingMessage, upstream: ClientRequest, head: RequestHead): void {
  if (!head.hasBody) return void upstream.end();
  req.on('error', () => upstream.destroy());
  req.once('end', () => {
    attempt(
      () => {
        if (req.rawTrailers.length > 0) upstream.addTrailers(fieldPairs(req.rawTrailers));
        upstream.end();
      },
      () => upstream.destroy(),
    );
  });
  req.pipe(upstream, { end: false });
}

function headText({ statusCode = 502, statusMessage = '' }: IncomingMessage, fields: readonly string[]): string {
  let text = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let i = 0; i + 1 < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return `${text}\r\n`;
}

/** What a peer sent may be what node refuses to send: that ends the exchange, and never the process. */
function attempt<T>(act: () => T, failed: (error: unknown) => void): T | null {
  try {
    return act();
  } catch (error) {
    failed(error);
    return null;
  }
}
