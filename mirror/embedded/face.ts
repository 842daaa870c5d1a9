/**
 * One face of the mirror: streams every request to its primary at once and answers with what the primary says. A copy goes to
 * the other side; nothing about it can be seen or felt by the client.
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { otherSide } from '../../capture/index.ts';
import { routeWithoutSecrets } from '../../capture/redaction/index.ts';
import { RequestHead, traceContext, traceparentOf } from '../message/index.ts';
import { CopyObserver, type CopyPorts, mayCopy, sampled } from '../recorder/index.ts';
import type { Telemetry } from '../telemetry.ts';
import { Exchange } from './exchange.ts';
import { relay, upgrade } from './handshake.ts';

export interface FaceOptions extends CopyPorts {
  readonly primaryUrl: URL;
  readonly primaryPool: Dispatcher;
  /** Spans are named by these. */
  readonly routes: readonly string[];
  /** @default no spans, and a client's traceparent goes on unchanged */
  readonly telemetry?: Telemetry;
}

/** Longer than the load balancer's idle timeout (60 s by default), so that it is never the target that closes first. */
const KEEP_ALIVE_MS = 75_000;
/** ALB takes 64 KB of request fields in all; no request that reached the primary without the mirror may fail because of it. */
const MAX_HEADER_BYTES = 128 * 1024;
/** A client that takes longer for its head is not served (slow loris). */
const HEAD_MS = 30_000;

export class Face {
  readonly server: Server;
  readonly #options: FaceOptions;
  #closing = false;

  constructor(options: FaceOptions) {
    this.#options = options;
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEAD_MS,
      // An upload may take as long as the load balancer lets it.
      requestTimeout: 0,
    });
    // Node would leave out the fields beyond 2,000 without a word; their bytes are bounded.
    this.server.maxHeadersCount = 0;
    this.server.on('request', (req, res) => this.#serve(req, res, false));
    this.server.on('checkContinue', (req, res) => this.#serve(req, res, true));
    this.server.on('checkExpectation', (req, res) => this.#serve(req, res, true));
    this.server.on('upgrade', (req, socket, first) => this.#upgrade(req, socket, first));
  }

  /** From now on every answer ends its connection. */
  drain(): void {
    this.#closing = true;
  }

  #serve(req: IncomingMessage, res: ServerResponse, expects: boolean): void {
    const { counters, primaryPool, primaryUrl } = this.#options;
    counters.requests++;
    const head = new RequestHead(req.rawHeaders);
    const refusal = refusalOf(req, head);
    if (refusal !== null) {
      refuse(res, refusal);
      return;
    }
    const requestId = identify(req, head);
    const span = this.#span(req, head);
    if (expects || head.trailers || !req.url?.startsWith('/')) {
      counters.drop('upgrade');
      void relay({ primary: primaryUrl, counters }, req, res, head).then(() => span?.end(res.statusCode));
      return;
    }
    const observer = this.#observer(req, head, requestId);
    const ended = span === undefined ? null : (status: number | null) => span.end(status);
    const closing = this.#closing;
    new Exchange({ dispatcher: primaryPool, counters, req, res, head, closing, observer, ended }).start();
    // Never before the original.
    observer?.dispatched();
  }

  #upgrade(req: IncomingMessage, socket: Duplex, first: Buffer): void {
    const { counters, primaryUrl } = this.#options;
    counters.requests++;
    counters.drop('upgrade');
    const head = new RequestHead(req.rawHeaders);
    const refusal = refusalOf(req, head);
    if (refusal !== null)
      return void socket.end(`HTTP/1.1 ${refusal.status} \r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    identify(req, head);
    this.#span(req, head)?.end(101);
    upgrade({ primary: primaryUrl, counters }, req, socket, first, head);
  }

  /** Every request belongs to a trace from here on, so that both sides' logs can be joined. */
  #span(req: IncomingMessage, head: RequestHead) {
    const { telemetry, routes, primary } = this.#options;
    if (telemetry === undefined) {
      if (head.traceparent === undefined) head.fields.push('traceparent', traceparentOf(traceContext(head)));
      return undefined;
    }
    const span = telemetry.request(
      traceContext(head),
      req.method ?? 'GET',
      routeWithoutSecrets(req.url ?? '/', routes),
      primary,
    );
    head.set('traceparent', traceparentOf(span.context));
    return span;
  }

  #observer(req: IncomingMessage, head: RequestHead, requestId: string): CopyObserver | null {
    const { counters, policy, shadow, primary } = this.#options;
    const method = req.method ?? 'GET';
    if (!mayCopy(method, req.url ?? '/', policy.allowed[otherSide(primary)])) counters.drop('method');
    else if (!sampled(requestId, policy.sampleRate)) counters.drop('sample');
    else if (shadow.reserve()) return new CopyObserver(this.#options, req, head, requestId);
    return null;
  }
}

interface Refusal {
  readonly status: 400 | 505 | 508;
  readonly why: string;
}

/** What node's parser lets pass, but two servers in a row may understand in two ways (RFC 9112, 3.2 and 6.1); and circles. */
function refusalOf(req: IncomingMessage, head: RequestHead): Refusal | null {
  if (req.httpVersionMajor !== 1) return { status: 505, why: 'HTTP/1.1 is spoken here' };
  if (head.hosts > 1) return { status: 400, why: 'more than one Host' };
  if (head.chunked && req.httpVersionMinor === 0) return { status: 400, why: 'chunks in HTTP/1.0' };
  if (head.looped) return { status: 508, why: 'the mirror was reached by way of itself: check the URLs of its sides' };
  return null;
}

function refuse(res: ServerResponse, { status, why }: Refusal): void {
  res.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${why}\n`);
}

/** The request's id, given if it has none; and what a gateway adds. */
function identify(req: IncomingMessage, head: RequestHead): string {
  const requestId = head.requestId ?? randomUUID();
  if (head.requestId === undefined) head.fields.push('X-Request-Id', requestId);
  head.addHop(req.httpVersion, req.socket.remoteAddress);
  return requestId;
}
