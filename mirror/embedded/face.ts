/**
 * One face of the mirror: streams every request to its primary at once and answers with what the primary says. What is recorded of it
 * goes to the recorder afterwards; nothing about that can be seen or felt by the client.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { otherSide } from '../../capture/index.ts';
import { routeWithoutSecrets } from '../../capture/redaction/index.ts';
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
  /** Milliseconds for which a client's connection may be idle: longer than the load balancer's idle timeout, so that it closes first. */
  readonly keepAliveMs: number;
  readonly failures: FailureLog;
  /** Spans are named by these. */
  readonly routes: readonly string[];
  /** @default no spans, and a client's traceparent goes on unchanged */
  readonly telemetry?: Telemetry;
}

/** ALB takes 64 KB of request fields in all; no request that reached the primary without the mirror may fail because of it. */
const MAX_HEADER_BYTES = 128 * 1024;
export class Face {
  readonly server: Server;
  readonly #options: FaceOptions;
  /** Connections whose request is not answered yet, with its answer; null where they are no HTTP any more. */
  readonly #busy = new Map<Duplex, ServerResponse | null>();
  readonly #connections = new Set<Duplex>();
  /** Connections that end with the answer that is under way. */
  readonly #ending = new WeakSet<Duplex>();
  #closing = false;

  constructor(options: FaceOptions) {
    this.#options = options;
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: options.keepAliveMs,
      // Slow loris. Node counts from the connection's beginning, and a load balancer opens connections ahead and keeps them for its
      // idle timeout (https://github.com/nodejs/node/issues/24980).
      headersTimeout: options.keepAliveMs,
      // An upload may take as long as the load balancer lets it.
      requestTimeout: 0,
      // Any other offer is ignored (RFC 9110, 7.8), and its body is a body.
      shouldUpgradeCallback: (req) => mayUpgrade(req) && !this.#busy.has(req.socket),
    });
    // Node would leave out the fields beyond 2,000 without a word; their bytes are bounded.
    this.server.maxHeadersCount = 0;
    this.server.on('request', (req, res) => this.#serve(req, res));
    this.server.on('checkContinue', (req, res) => this.#serve(req, res));
    this.server.on('checkExpectation', (req, res) => this.#serve(req, res));
    this.server.on('upgrade', (req, socket, first) => this.#upgrade(req, socket, first));
    // There are no tunnels here; without a listener node would end the connection without a word, and in no count.
    this.server.on('connect', (_req, socket) => this.#tunnel(socket));
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#unreadable(error.code ?? '', socket));
    this.server.on('connection', (socket) => {
      byteByByte(socket);
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  /** From now on every answer ends its connection. */
  drain(): void {
    this.#closing = true;
  }

  /** Ends the connections that carry no request, those that never have among them. */
  closeIdle(): void {
    for (const socket of this.#connections) if (!this.#busy.has(socket)) socket.destroy();
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    const { counters, primaryUrl, ingress } = this.#options;
    const { socket } = req;
    // It begins wherever node went on to read.
    if (this.#ending.has(socket)) return;
    this.#busy.set(socket, res);
    res.once('close', () => {
      // Another request may have come ahead of this one's answer.
      if (this.#busy.get(socket) === res) this.#busy.delete(socket);
    });
    counters.requests++;
    // Behind an offer that is ignored node drops what came with it: half of the next request, or all of it.
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
    // Before Node 24.9 every offer comes here.
    if (this.#busy.has(socket)) return void this.#tunnel(socket);
    const { counters, primaryUrl, ingress } = this.#options;
    // Node has let go of the socket: without a listener a client's reset would end the process.
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
    // Said before the answer that is under way, it would be taken for that.
    if (this.#busy.has(socket)) socket.destroy();
    else refuseSocket(socket, 501);
  }

  /** What came is no request; a connection that ends or is reset is none either, and no news. */
  #unreadable(code: string, socket: Duplex): void {
    const { counters } = this.#options;
    const answer = this.#busy.get(socket);
    if (answer === null || !code.startsWith('HPE_')) return void socket.destroy();
    // What follows a request that said close is not read at all (RFC 9112, 9.6).
    const isNew = (answer === undefined || answer.req.complete) && code !== 'HPE_CLOSED_CONNECTION';
    if (isNew && !this.#ending.has(socket)) {
      counters.requests++;
      counters.drop('refused');
    }
    if (answer?.req.complete === true) this.#endAfter(answer, socket);
    // Half of an answer is out, or one that others come before: nothing that is said now would be taken for this one's.
    else if (answer?.headersSent === true || answer?.socket === null) socket.destroy();
    else refuseSocket(socket, statusOf(code));
  }

  /** The connection ends once this request has its answer, and nothing that came behind it is read. */
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

/** The request's id, given if it has none; what a gateway adds; and a target that says its host once. */
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
