/**
 * One customer's request and the primary's answer to it: streamed both ways under back-pressure, by undici's dispatch, whose
 * callbacks spare the streams that a request API would put in between.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, errors } from 'undici';
import { fieldPairs } from '../../http/index.ts';
import { type RequestHead, rawFields, responseFields } from '../message/index.ts';
import { type Counters, type ExchangeObserver, isSafeMethod } from '../recorder/index.ts';
import { badGateway, reasonOf } from './refusal.ts';

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  /** A connection that nobody has used before. */
  readonly fresh: () => Dispatcher;
  readonly counters: Counters;
  /** Told why the client got no answer of the primary's. */
  readonly failed: (error: unknown) => void;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly head: RequestHead;
  /** Whether an answer that begins now says that the connection ends with it. */
  readonly closing: () => boolean;
  readonly observer: ExchangeObserver | null;
  /** Called once, with the status that the client got; null when it left. */
  readonly ended: ((status: number | null) => void) | null;
}

/** Why an exchange is given up from this side. */
class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #gone = false;
  #over = false;
  #retried = false;
  /** The answer's first bytes: they go with its head, and with its end when that has come along. */
  #first: Buffer | undefined;
  #headWaits = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.res.once('close', () => this.#clientClosed());
    this.#dispatch(this.#options.dispatcher);
  }

  #dispatch(dispatcher: Dispatcher): void {
    const { req, head } = this.#options;
    try {
      dispatcher.dispatch(
        {
          // undici types the methods it knows; others are tokens like them.
          method: (req.method ?? 'GET') as Dispatcher.HttpMethod,
          path: req.url ?? '/',
          headers: head.fields,
          body: head.hasBody ? req : null,
          // How long an answer may take is between the load balancer and the primary, as it would be without the mirror.
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (error) {
      this.onResponseError(null, error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const { observer, req, head } = this.#options;
    if (this.#gone) controller.abort(new ClientGoneError());
    if (this.#gone || observer === null) return;
    observer.leg.sent();
    if (!head.hasBody || this.#retried) return;
    req.on('data', (chunk: Buffer) => observer.requestChunk(chunk));
    req.once('end', () => {
      observer.leg.sent();
      observer.requestEnd();
    });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    reason: string | undefined,
  ): void {
    const { req, res, closing, observer } = this.#options;
    const raw = rawFields(controller.rawHeaders);
    const trailers = req.httpVersionMinor >= 1 && req.method !== 'HEAD' && status !== 204 && status !== 304;
    if (status < 200) {
      if (req.httpVersionMinor >= 1) res.writeInformation(status, responseFields(raw));
      return;
    }
    const fields = responseFields(raw, trailers);
    if (closing()) fields.push('Connection', 'close');
    const phrase = reasonOf(reason);
    if (phrase === '') res.writeHead(status, fields);
    else res.writeHead(status, phrase, fields);
    observer?.leg.head(status, raw);
    // With the body's bytes that came along, otherwise by itself: events may wait long for the next.
    this.#headWaits = true;
    process.nextTick(flush, this);
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    const { observer } = this.#options;
    observer?.leg.chunk(chunk);
    if (this.#headWaits && this.#first === undefined) {
      this.#first = chunk;
      return;
    }
    this.flush();
    this.#write(chunk);
  }

  #write(chunk: Buffer): void {
    const { res, observer } = this.#options;
    const controller = this.#controller;
    if (res.write(chunk) || res.destroyed || controller === undefined || controller.paused) return;
    controller.pause();
    observer?.leg.held();
    res.once('drain', () => {
      observer?.leg.released();
      controller.resume();
    });
  }

  onResponseEnd(controller: Dispatcher.DispatchController | null): void {
    const { res, observer } = this.#options;
    const rawTrailers = controller?.rawTrailers;
    if (Array.isArray(rawTrailers) && rawTrailers.length > 0) res.addTrailers(fieldPairs(rawFields(rawTrailers)));
    this.#headWaits = false;
    res.end(this.#first);
    observer?.answered();
    this.#end(res.statusCode);
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: unknown): void {
    const { counters, observer } = this.#options;
    if (this.#over) return;
    if (this.#gone) {
      observer?.aborted();
      this.#end(null);
    } else if (this.#isBodiless(error)) {
      this.onResponseEnd(controller);
    } else if (this.#mayRetry(error)) {
      this.#retried = true;
      counters.primaryRetries++;
      const { fresh } = this.#options;
      const connection = fresh();
      this.#dispatch(connection);
      connection.close(() => {});
    } else {
      this.#primaryFailed(error);
    }
  }

  #primaryFailed(error: unknown): void {
    const { res, failed, observer } = this.#options;
    failed(error);
    observer?.failed(error);
    this.#headWaits = false;
    badGateway(res);
    this.#end(502);
  }

  /** A 304 may say how long the body is that it does not have (RFC 9110, 8.6); undici waits for it. */
  #isBodiless(error: unknown): boolean {
    const { res } = this.#options;
    return res.statusCode === 304 && error instanceof errors.ResponseContentLengthMismatchError;
  }

  /**
   * A kept-alive connection that the primary closed just now is no answer: what is idempotent and has no body goes once
   * more (RFC 9112, 9.3.1), on another one.
   */
  #mayRetry(error: unknown): boolean {
    const { req, res, head } = this.#options;
    if (
      !isSafeMethod(req.method ?? '') ||
      head.hasBody ||
      this.#retried ||
      res.headersSent ||
      !(error instanceof Error)
    )
      return false;
    const code = 'code' in error ? error.code : '';
    return code === 'ECONNRESET' || code === 'EPIPE' || (code === 'UND_ERR_SOCKET' && bytesRead(error) > 0);
  }

  #clientClosed(): void {
    if (this.#over) return;
    this.#gone = true;
    // Without a controller the request still waits for a connection; it is given up as soon as it has one.
    this.#controller?.abort(new ClientGoneError());
  }

  #end(status: number | null): void {
    this.#over = true;
    this.#options.ended?.(status);
  }

  /** Sends the head, and the first bytes if there are any, where they still wait. */
  flush(): void {
    if (!this.#headWaits || this.#over) return;
    this.#headWaits = false;
    const first = this.#first;
    this.#first = undefined;
    if (first === undefined) this.#options.res.flushHeaders();
    else this.#write(first);
  }
}

function flush(exchange: Exchange): void {
  exchange.flush();
}

/** What undici's SocketError says of the connection: one that has brought bytes before was a kept-alive one. */
function bytesRead(error: Error): number {
  const socket: unknown = 'socket' in error ? error.socket : undefined;
  if (typeof socket !== 'object' || socket === null || !('bytesRead' in socket)) return 0;
  return typeof socket.bytesRead === 'number' ? socket.bytesRead : 0;
}
