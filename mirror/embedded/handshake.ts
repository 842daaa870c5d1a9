/**
 * Requests whose handshake undici does not pass on: `Expect: 100-continue`, upgrades (WebSocket), trailers after the request's
 * body, and targets in other than origin form. They go by node's own client, to the primary only, and are never copied.
 */
import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fieldPairs } from '../../http/index.ts';
import { type RequestHead, responseFields } from '../message/index.ts';
import type { Counters } from '../recorder/index.ts';

export interface HandshakeOptions {
  readonly primary: URL;
  readonly counters: Counters;
}

/** A request that ends in a response; an expectation goes to the primary, whose 100 or final answer goes to the client. */
export async function relay(
  options: HandshakeOptions,
  req: IncomingMessage,
  res: ServerResponse,
  head: RequestHead,
): Promise<void> {
  const expects = req.headers.expect !== undefined;
  const upstream = send(options, req, [...head.fields, ...(expects ? ['Expect', '100-continue'] : [])], head);
  res.once('close', () => upstream.destroy());
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      upstream.once('response', resolve);
      upstream.once('error', reject);
    });
    upstream.on('information', ({ statusCode, rawHeaders }) => {
      if (statusCode !== 100) res.writeInformation(statusCode, responseFields(rawHeaders));
    });
    let continued = false;
    if (expects) {
      upstream.once('continue', () => {
        continued = true;
        res.writeContinue();
        forwardBody(req, upstream, head);
      });
      upstream.flushHeaders();
    } else forwardBody(req, upstream, head);
    const response = await answered;
    const fields = responseFields(response.rawHeaders);
    // A client that was not told to go on may or may not send the body: what follows on this connection is anybody's guess.
    if (expects && !continued) fields.push('Connection', 'close');
    res.writeHead(response.statusCode ?? 502, response.statusMessage, fields);
    await pipeline(response, res, { end: false });
    if (response.rawTrailers.length > 0) res.addTrailers(fieldPairs(response.rawTrailers));
    res.end();
  } catch {
    if (res.destroyed) return;
    options.counters.primaryErrors++;
    if (res.headersSent) res.destroy();
    else res.writeHead(502, { 'content-type': 'text/plain', connection: 'close' }).end('Bad Gateway\n');
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
  const upstream = send(options, req, [...head.fields, 'Connection', 'Upgrade', 'Upgrade', protocol], head);
  let answered = false;
  socket.on('error', () => upstream.destroy());
  socket.once('close', () => upstream.destroy());
  upstream.once('error', () => {
    options.counters.primaryErrors++;
    if (answered) socket.destroy();
    else socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  upstream.once('upgrade', (response, other, early) => {
    answered = true;
    const fields = [...responseFields(response.rawHeaders), 'Connection', 'Upgrade'];
    socket.write(headText(response, [...fields, 'Upgrade', response.headers.upgrade ?? protocol]));
    other.on('error', () => socket.destroy());
    other.once('close', () => socket.destroy());
    socket.once('close', () => other.destroy());
    if (early.length > 0) socket.write(early);
    if (first.length > 0) other.write(first);
    socket.pipe(other).pipe(socket);
  });
  upstream.once('response', (response) => {
    answered = true;
    // After a refusal the connection ends: what follows on it was meant for another protocol.
    const fields = [...responseFields(response.rawHeaders), 'Connection', 'close'];
    socket.write(headText(response, chunkless(fields)));
    response.pipe(socket);
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
    host: primary.hostname,
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
    if (req.rawTrailers.length > 0) upstream.addTrailers(fieldPairs(req.rawTrailers));
    upstream.end();
  });
  req.pipe(upstream, { end: false });
}

function headText({ statusCode = 502, statusMessage = '' }: IncomingMessage, fields: readonly string[]): string {
  let text = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let i = 0; i + 1 < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return `${text}\r\n`;
}

/** Ends with the connection: node has taken the chunks apart. */
function chunkless(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    if (name.toLowerCase() !== 'trailer') kept.push(name, value);
  }
  return kept;
}
