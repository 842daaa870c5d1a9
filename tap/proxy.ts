/**
 * One face of the tap: streams every request to its primary at once and answers with what the primary says. A copy of a
 * safe request goes to the other side; nothing about it can be seen or felt by the client.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'undici';
import { CAPTURE_VERSION, type CaptureRecord, type Leg } from '../parity/record.ts';
import type { Counters } from './counters.ts';
import { forwarded, headerValue, setHeader } from './headers.ts';
import { LegObserver } from './leg.ts';
import { redactTarget } from './redact.ts';
import { routeOf } from './route.ts';
import { type CopyRequest, rawList, type Shadow } from './shadow.ts';
import type { Sink } from './sink.ts';
import type { Telemetry } from './telemetry.ts';
import { traceContext, traceparent } from './trace-context.ts';

export interface FaceOptions {
  readonly ingress: string;
  readonly primary: 'stable' | 'candidate';
  readonly primaryPool: Pool;
  readonly shadow: Shadow;
  readonly sink: Sink;
  readonly counters: Counters;
  readonly sampleRate: number;
  readonly redactionKey: string;
  readonly routes: readonly string[];
  /** @default no spans, and a client's traceparent goes on unchanged */
  readonly telemetry?: Telemetry;
}

export function face(options: FaceOptions): Server {
  const server = createServer({ requireHostHeader: false }, (req, res) => {
    void serve(options, req, res);
  });
  // Longer than the load balancer's idle timeout, so that it is never the target that closes first.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function serve(options: FaceOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { counters } = options;
  counters.requests++;
  const at = new Date().toISOString();
  const target = req.url ?? '/';
  const method = req.method ?? 'GET';
  const { headers, span } = identified(options, method, target, forwarded(req.rawHeaders));
  const copied = copyOf(options, method, target, headers);
  const observer = new LegObserver(options.redactionKey);
  const primary = await answer(options, req, res, target, headers, observer);
  span?.end(primary.outcome === 'response' ? primary.status : null);
  if (copied === null) return;
  const other = await copied;
  options.sink.enqueue(record(options, at, method, target, headers, primary, other));
}

/** Streams the primary's answer to the client, under the client's back-pressure. Resolves to what it was; never rejects. */
async function answer(
  options: FaceOptions,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  headers: string[],
  observer: LegObserver,
): Promise<Leg> {
  const gone = new AbortController();
  res.on('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  try {
    const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
    const response = await options.primaryPool.request({
      method: req.method ?? 'GET',
      path,
      headers,
      body: hasBody ? req : null,
      responseHeaders: 'raw',
      signal: gone.signal,
    });
    const raw = rawList(response.headers);
    observer.head(response.statusCode, raw);
    res.writeHead(response.statusCode, forwarded(raw));
    response.body.on('data', (chunk: Buffer) => observer.chunk(chunk));
    await pipeline(response.body, res);
    return observer.answered();
  } catch (error) {
    options.counters.primaryErrors++;
    if (!res.headersSent) res.writeHead(502, { 'content-type': 'text/plain' }).end('Bad Gateway\n');
    else res.destroy();
    return observer.failed(error);
  }
}

function copyOf(options: FaceOptions, method: string, target: string, headers: readonly string[]): Promise<Leg> | null {
  if (!isSafe(method)) options.counters.drop('method');
  else if (!sampled(headerValue(headers, 'x-request-id') ?? '', options.sampleRate)) options.counters.drop('sample');
  else return options.shadow.copy({ method, target, headers });
  return null;
}

function isSafe(method: string): method is CopyRequest['method'] {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** The same request id is sampled or not at every tap alike (FNV-1a over the id). */
function sampled(requestId: string, rate: number): boolean {
  let hash = 0x811c9dc5;
  for (let i = 0; i < requestId.length; i++) hash = Math.imul(hash ^ requestId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32 < rate;
}

/** Every request has an id and a trace from here on, so that both sides' logs can be joined. */
function identified({ telemetry, routes, primary }: FaceOptions, method: string, target: string, headers: string[]) {
  if (headerValue(headers, 'x-request-id') === undefined) headers.push('X-Request-Id', randomUUID());
  const from = traceContext(headers);
  const span = telemetry?.request(from, method, routeOf(target, routes), primary);
  setHeader(headers, 'traceparent', traceparent(span?.context ?? from));
  return { headers, span };
}

function record(
  options: FaceOptions,
  at: string,
  method: string,
  target: string,
  headers: readonly string[],
  primary: Leg,
  other: Leg,
): CaptureRecord {
  const traceId = headerValue(headers, 'traceparent')?.split('-')[1];
  const [stable, candidate] = options.primary === 'stable' ? [primary, other] : [other, primary];
  return {
    v: CAPTURE_VERSION,
    ingress: options.ingress,
    requestId: headerValue(headers, 'x-request-id') ?? 'none',
    ...(traceId === undefined ? {} : { traceId }),
    at,
    route: `${method} ${routeOf(target, options.routes)}`,
    request: { method, target: redactTarget(target, options.redactionKey) },
    primary: options.primary,
    stable,
    candidate,
  };
}
