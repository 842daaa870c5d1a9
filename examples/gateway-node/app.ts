/** The gateway's API: its own items, the orders of an upstream service, and a health check. */
import { setTimeout as delay } from 'node:timers/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from 'pino';
import { ITEMS } from './catalog.ts';
import type { FaultSwitch } from './fault.ts';
import type { Telemetry } from './telemetry.ts';
import { identify, type RequestIdentity, traceparentOf } from './trace.ts';
import type { Upstream } from './upstream.ts';

export interface GatewayOptions {
  readonly upstream: Upstream;
  readonly logger: Logger;
  /** `stable` or `candidate`. Sent as X-Served-By if set. */
  readonly servedBy?: string;
  readonly fault?: FaultSwitch;
  readonly onRequest: () => void;
  /**
   * Called when a new item is requested, with whether it was kept. The answer is 201 either way, so only this business
   * count shows a loss.
   * @default not counted
   */
  readonly onItem?: (kept: boolean) => void;
  /** @default no spans */
  readonly telemetry?: Telemetry;
}

const identities = new WeakMap<Request, RequestIdentity>();

export function gateway(options: GatewayOptions): Express {
  const app = express();
  app.set('x-powered-by', false);
  app.set('etag', false);
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.use((req, res, next) => tag(options, req, res, next));
  app.use((_req, res, next) => misbehave(options, res, next));
  app.use(express.json({ limit: '1mb' }));
  const empty = () => (options.fault?.current.parity === true ? null : []);

  app.get('/items', (_req, res) => {
    res.json({
      items: ITEMS.map((item) => ({ ...item, tags: item.tags.length === 0 ? empty() : item.tags })),
      next: null,
    });
  });
  app.get('/items/:id', (req, res) => {
    const item = ITEMS.find((i) => i.id === req.params.id);
    if (item === undefined) fail(res, 404, 'item not found');
    else res.json({ ...item, tags: item.tags.length === 0 ? empty() : item.tags });
  });
  app.post('/items', (req, res) => {
    const name: unknown = req.body?.name;
    if (typeof name !== 'string' || name === '') fail(res, 400, 'name is required');
    else {
      options.onItem?.(Math.random() >= (options.fault?.current.lost ?? 0));
      res.status(201).json({ id: String(ITEMS.length + 1), name });
    }
  });
  app.get('/orders/:id', async (req, res) => {
    const identity = identities.get(req) ?? identify(req.headers);
    try {
      const order = await options.upstream.order(req.params.id, identity);
      if (order === null) fail(res, 404, 'order not found');
      else res.json(order);
    } catch {
      fail(res, 503, 'upstream unavailable');
    }
  });
  app.all(['/items', '/items/:id', '/orders/:id'], (_req, res) => fail(res, 405, 'method not allowed'));
  app.use((_req, res) => fail(res, 404, 'not found'));
  app.use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => fail(res, 400, 'malformed body'));
  return app;
}

function tag(
  { logger, servedBy, onRequest, telemetry }: GatewayOptions,
  req: Request,
  res: Response,
  next: NextFunction,
): void {
  onRequest();
  const arrived = identify(req.headers);
  const span = telemetry?.request(arrived, req.method, req.path);
  const identity =
    span === undefined ? arrived : { ...arrived, traceparent: traceparentOf(arrived.traceId, span.spanId) };
  identities.set(req, identity);
  res.setHeader('X-Request-Id', identity.requestId);
  if (servedBy !== undefined) res.setHeader('X-Served-By', servedBy);
  const startedAt = performance.now();
  res.on('finish', () => {
    span?.end(String(req.route?.path ?? req.path), res.statusCode);
    const { requestId, traceId } = identity;
    logger.info(
      {
        requestId,
        traceId,
        method: req.method,
        path: req.path,
        status: res.statusCode,
        ms: performance.now() - startedAt,
      },
      'request',
    );
  });
  next();
}

async function misbehave({ fault }: GatewayOptions, res: Response, next: NextFunction): Promise<void> {
  const { errors = 0, resets = 0, latencyMs = 0 } = fault?.current ?? {};
  if (latencyMs > 0) await delay(latencyMs);
  const random = Math.random();
  if (random < errors) fail(res, 500, 'injected fault');
  else if (random < errors + resets) res.destroy();
  else next();
}

function fail(res: Response, status: number, error: string): void {
  res.status(status).json({ error });
}
