/**
 * One face of the mirror. It streams each request to its primary at once and returns the primary's answer. Recording
 * happens afterwards and is invisible to the client.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { routeWithoutSecrets } from '../../capture/redaction/index.ts';
import { otherSide } from '../../sides/index.ts';
import { RequestHead, traceContext, traceparentOf } from '../message/index.ts';
import { type CopyPolicy, mayCopy, sampled } from '../recorder/index.ts';
import type { Telemetry } from '../telemetry.ts';
import { byteByByte, exchange } from './exchange.ts';
import type { FailureLog } from './failure-log.ts';
import { Recording, type RecordingPorts } from './recording.ts';
import { linger, originForm, refusalOf, refuse, refuseSocket, statusOf } from './refusal.ts';
import { upgrade } from './upgrade.ts';

export interface FaceOptions extends RecordingPorts {
  readonly primaryUrl: URL;
  readonly policy: CopyPolicy;
  /** Names the mirror in Via. */
  readonly ingress: string;
  /**
   * How long a client's connection may be idle, in milliseconds. Longer than the load balancer's idle timeout, so that
   * the load balancer closes first.
   */
  readonly keepAliveMs: number;
  readonly failures: FailureLog;
  /** Route templates that name the spans. */
  readonly routes: readonly string[];
  /** @default - no spans, and a client's traceparent is passed on unchanged */
  readonly telemetry?: Telemetry;
}

/**
 * ALB accepts 64 KB of request fields. A request that reaches the primary without the mirror must not fail because of
 * it.
 */
const MAX_HEADER_BYTES = 128 * 1024;
/** With more requests than this waiting on one connection, the mirror stops reading from it. */
const MOST_WAITING = 100;

export class Face {
  readonly server: Server;
  readonly #options: FaceOptions;
  /** Connections with an unanswered request, and its response; null if the connection no longer speaks HTTP. */
  readonly #busy = new Map<Duplex, ServerResponse | null>();
  /** How many requests of a connection have no whole answer yet. */
  readonly #waiting = new WeakMap<Duplex, number>();
  readonly #connections = new Set<Duplex>();
  /** Connections that end after the answer in progress. */
  readonly #ending = new WeakSet<Duplex>();
  #closing = false;

  constructor(options: FaceOptions) {
    this.#options = options;
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: options.keepAliveMs,
      // Slow loris. Node counts from the connection's beginning, and a load balancer opens connections ahead and keeps
      // them for its idle timeout (https://github.com/nodejs/node/issues/24980).
      headersTimeout: options.keepAliveMs,
      // An upload may take as long as the load balancer allows.
      requestTimeout: 0,
      // Any other offer is ignored (RFC 9110, 7.8), and its body is an ordinary body.
      shouldUpgradeCallback: (req) => mayUpgrade(req) && !this.#busy.has(req.socket),
    });
    // Node would silently drop fields beyond 2,000. Their total size is limited instead.
    this.server.maxHeadersCount = 0;
    for (const event of ['request', 'checkContinue', 'checkExpectation'] as const)
      this.server.on(event, (req: IncomingMessage, res: ServerResponse) => this.#arrived(req, res));
    this.server.on('upgrade', (req, socket, first) => this.#upgrade(req, socket, first));
    // The mirror offers no tunnels. Without a listener Node would end the connection without an answer, and nobody
    // would count it.
    this.server.on('connect', (_req, socket) => this.#tunnel(socket));
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#unreadable(error.code ?? '', socket));
    this.server.on('connection', (socket) => {
      byteByByte(socket);
      this.#connections.add(socket);
      socket.once('close', () => {
        this.#connections.delete(socket);
        // An answer that still waited for its turn is never closed.
        this.#busy.delete(socket);
      });
    });
  }

  /** From now on, every answer ends its connection. */
  drain(): void {
    this.#closing = true;
  }

  /** Ends connections without a request, including those that never had one. */
  closeIdle(): void {
    for (const socket of this.#connections) if (!this.#busy.has(socket)) socket.destroy();
  }

  /** One request after another: only safe ones may be processed in parallel (RFC 9112, 9.3.2). */
  #arrived(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    // Node may have continued to read here, where no new request may begin.
    if (this.#ending.has(socket)) return;
    const before = this.#busy.get(socket);
    this.#busy.set(socket, res);
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    this.#waiting.set(socket, waiting);
    // Node resumes the connection at the end of each request that it parses in this turn.
    if (waiting > MOST_WAITING) process.nextTick(() => this.#isFull(socket) && socket.pause());
    res.once('close', () => {
      const wasFull = this.#isFull(socket);
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
      if (wasFull && !this.#isFull(socket)) socket.resume();
      // The next request on this connection may have arrived before this answer.
      if (this.#busy.get(socket) === res) this.#busy.delete(socket);
    });
    if (before === undefined || before === null) this.#serve(req, res);
    // Nothing is processed after an answer that ended the connection (RFC 9112, 9.6).
    else before.once('close', () => socket.writable && this.#serve(req, res));
  }

  #isFull(socket: Duplex): boolean {
    return (this.#waiting.get(socket) ?? 0) > MOST_WAITING;
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    const { counters, primaryUrl, ingress } = this.#options;
    const { socket } = req;
    counters.requests++;
    // After an ignored upgrade offer, Node drops the bytes that arrived with it, which may be part or all of the next
    // request.
    if (req.headers.upgrade !== undefined) this.#endAfter(res, socket);
    const head = new RequestHead(req.rawHeaders, ingress);
    const refusal = refusalOf(req, head);
    if (refusal !== null) {
      counters.drop('refused');
      refuse(res, refusal);
      return;
    }
    const requestId = identify(req, head);
    const span = this.#span(req, head);
    const recording = this.#recording(req, head, requestId);
    const failed = (error: unknown) => this.#primaryFailed(error);
    void exchange({ primary: primaryUrl, failed, closing: () => this.#closing }, req, res, head, recording).then(() =>
      span?.end(res.writableFinished ? res.statusCode : null),
    );
  }

  #upgrade(req: IncomingMessage, socket: Duplex, first: Buffer): void {
    // Before Node 24.9, every upgrade offer arrives here.
    if (this.#busy.has(socket)) return void this.#tunnel(socket);
    const { counters, primaryUrl, ingress } = this.#options;
    // Node no longer handles errors of this socket: without a listener, a reset by the client would end the process.
    socket.on('error', () => socket.destroy());
    this.#busy.set(socket, null);
    socket.once('close', () => this.#busy.delete(socket));
    counters.requests++;
    const head = new RequestHead(req.rawHeaders, ingress);
    const refusal = refusalOf(req, head);
    if (refusal !== null || !mayUpgrade(req)) {
      counters.drop('refused');
      refuseSocket(socket, refusal?.status ?? 501);
      return;
    }
    counters.drop('upgrade');
    identify(req, head);
    this.#span(req, head)?.end(101);
    const failed = (error: unknown) => this.#primaryFailed(error);
    upgrade({ primary: primaryUrl, failed, closing: () => true }, req, socket, first, head);
  }

  #tunnel(socket: Duplex): void {
    const { counters } = this.#options;
    socket.on('error', () => socket.destroy());
    counters.requests++;
    counters.drop('refused');
    const before = this.#busy.get(socket);
    // An answer written now would be taken for the answer in progress.
    if (before === undefined) refuseSocket(socket, 501);
    else if (before === null) socket.destroy();
    else before.once('close', () => refuseSocket(socket, 501));
  }

  /** The bytes were not a valid request. A connection that merely ends or is reset is not reported. */
  #unreadable(code: string, socket: Duplex): void {
    const { counters } = this.#options;
    const answer = this.#busy.get(socket);
    if (answer === null || !code.startsWith('HPE_')) return void socket.destroy();
    // Bytes after a request with `Connection: close` are ignored (RFC 9112, 9.6).
    const isNew = (answer === undefined || answer.req.complete) && code !== 'HPE_CLOSED_CONNECTION';
    if (isNew && !this.#ending.has(socket)) {
      counters.requests++;
      counters.drop('refused');
    }
    if (answer?.req.complete === true) this.#endAfter(answer, socket);
    // Part of an answer, or another answer before it, is already on its way, so a new answer would be misread.
    else if (answer?.headersSent === true || answer?.socket === null) socket.destroy();
    else refuseSocket(socket, statusOf(code));
  }

  /** Ends the connection after this request's answer, and stops reading further requests. */
  #endAfter(answer: ServerResponse, socket: Duplex): void {
    if (this.#ending.has(socket)) return;
    this.#ending.add(socket);
    answer.shouldKeepAlive = false;
    answer.once('finish', () => {
      socket.end();
      linger(socket);
    });
  }

  #primaryFailed(error: unknown): void {
    const { counters, failures, primary } = this.#options;
    counters.primaryErrors++;
    failures.primaryFailed(primary, error);
  }

  /** Puts every request into a trace, so that the logs of both sides can be joined. */
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

  #recording(req: IncomingMessage, head: RequestHead, requestId: string): Recording | null {
    const { counters, policy, primary } = this.#options;
    const [method, target] = [req.method ?? 'GET', req.url ?? '/'];
    if (!target.startsWith('/')) counters.drop('upgrade');
    else if (!mayCopy(method, target, policy.allowed[otherSide(primary)])) counters.drop('method');
    else if (!sampled(requestId, policy.sampleRate)) counters.drop('sample');
    else
      return new Recording(this.#options, { requestId, method, target, headers: head.fields, hasBody: head.hasBody });
    return null;
  }
}

/** Ensures an id, adds the fields of a gateway, and leaves one single host in the target. */
function identify(req: IncomingMessage, head: RequestHead): string {
  const form = originForm(req);
  if (form?.host !== undefined) {
    req.url = form.target;
    head.set('host', form.host);
  }
  const requestId = head.requestId ?? randomUUID();
  if (head.requestId === undefined) head.fields.push('X-Request-Id', requestId);
  head.addHop(req.httpVersion, req.socket.remoteAddress);
  return requestId;
}

function mayUpgrade(req: IncomingMessage): boolean {
  const { headers, method } = req;
  const bodiless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  return method === 'GET' && bodiless && headers.upgrade?.toLowerCase() === 'websocket';
}
