/** The local load balancer's data plane: a streaming reverse proxy that applies the present rules to each request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';
import type { VirtualClock } from '../clock/index.ts';
import {
  type LoadBalancerModel,
  listen,
  type MetricSink,
  type RuleModel,
  type TargetGroupModel,
} from '../machine/index.ts';
import { withoutHopByHop } from './hop-by-hop.ts';
import { groupFor, ruleFor, targetFor } from './routing.ts';
import { traceHeader } from './trace-header.ts';

const COOKIE = 'AWSALBTG';
const SERVED_BY = /^x-served-by$/i;
const TARGET_TIMEOUT_MS = 10_000;

export interface DataPlaneOptions {
  readonly model: LoadBalancerModel;
  readonly clock: VirtualClock;
  readonly metrics: MetricSink;
  /** @default any free port */
  readonly port?: number;
  /**
   * The side that answers in a group, reported to clients in X-Served-By, a field that services may also use
   * themselves.
   */
  readonly sideOf?: (group: TargetGroupModel) => string | undefined;
}

export interface DataPlane {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  const plane = new Plane(options);
  const server: Server = createServer((req, res) => void plane.serve(req, res));
  server.keepAliveTimeout = 60_000;
  const url = await listen(server, options.port);
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await plane.close();
    },
  };
}

class Plane {
  readonly #options: DataPlaneOptions;
  readonly #pools = new Map<string, Pool>();
  #turn = 0;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { model } = this.#options;
    this.#count('RequestCount');
    const { method = 'GET', url = '/', headers } = req;
    const rule = ruleFor(model, { method, url, headers });
    if (rule === undefined) {
      res.writeHead(404).end();
      return;
    }
    const group = groupFor(model, rule, cookieOf(req), Math.random());
    const target = group === undefined ? undefined : targetFor(group, this.#turn++);
    if (group === undefined || target === undefined) {
      this.#own(res, 503);
      return;
    }
    await this.#forward(req, res, rule, group, `http://${target.host}:${target.port}`);
  }

  async #forward(
    req: IncomingMessage,
    res: ServerResponse,
    rule: RuleModel,
    group: TargetGroupModel,
    origin: string,
  ): Promise<void> {
    const startedAt = performance.now();
    const side = this.#options.sideOf?.(group);
    const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
    try {
      const response = await this.#pool(origin).request({
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: this.#headers(req),
        body: hasBody ? req : null,
        responseHeaders: 'raw',
        signal: AbortSignal.timeout(TARGET_TIMEOUT_MS),
      });
      this.#answered(response.statusCode, startedAt, group);
      const answered = withoutHopByHop(Array.isArray(response.headers) ? response.headers.map(String) : []);
      const headers = side === undefined ? answered : withSide(answered, side);
      const { enabled, durationSeconds } = rule.forward.stickiness;
      if (enabled) headers.push('Set-Cookie', `${COOKIE}=${group.arn}; Max-Age=${durationSeconds}; Path=/`);
      res.writeHead(response.statusCode, headers);
      await pipeline(response.body, res);
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      if (!timedOut) this.#count('TargetConnectionErrorCount', group);
      if (res.headersSent) res.destroy();
      else this.#own(res, timedOut ? 504 : 502);
    }
  }

  #answered(status: number, startedAt: number, group: TargetGroupModel): void {
    this.#count('RequestCount', group);
    this.#count(`HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, group);
    this.#record('TargetResponseTime', (performance.now() - startedAt) / 1000, group);
  }

  /** Answers of the load balancer itself; their counts have no target-group dimension. */
  #own(res: ServerResponse, status: 502 | 503 | 504): void {
    this.#count('HTTPCode_ELB_5XX_Count');
    this.#count(`HTTPCode_ELB_${status}_Count`);
    res.writeHead(status, { 'content-type': 'text/plain' }).end();
  }

  #headers(req: IncomingMessage): string[] {
    const client = req.socket.remoteAddress ?? '127.0.0.1';
    const kept = withoutHopByHop(req.rawHeaders).filter(
      (_v, i, all) => !/^x-(forwarded-(for|proto|port)|amzn-trace-id)$/i.test(all[i - (i % 2)] ?? ''),
    );
    const forwardedFor = [req.headers['x-forwarded-for'], client]
      .flat()
      .filter((v) => v !== undefined)
      .join(', ');
    const trace = req.headers['x-amzn-trace-id'];
    return [
      ...kept,
      'X-Forwarded-For',
      forwardedFor,
      'X-Forwarded-Proto',
      'http',
      'X-Forwarded-Port',
      '80',
      'X-Amzn-Trace-Id',
      traceHeader(Array.isArray(trace) ? trace[0] : trace, this.#options.clock.now()),
    ];
  }

  #pool(origin: string): Pool {
    const pool = this.#pools.get(origin) ?? new Pool(origin, { connections: 64, connect: { timeout: 2_000 } });
    this.#pools.set(origin, pool);
    return pool;
  }

  #count(name: string, group?: TargetGroupModel): void {
    this.#record(name, 1, group);
  }

  #record(name: string, value: number, group?: TargetGroupModel): void {
    const { model, metrics, clock } = this.#options;
    const dimensions = {
      LoadBalancer: model.fullName,
      ...(group === undefined ? {} : { TargetGroup: group.fullName }),
    };
    metrics.record({ namespace: 'AWS/ApplicationELB', name, dimensions, value, at: clock.now() });
  }
}

function withSide(fields: readonly string[], side: string): string[] {
  const others = fields.filter((_, i) => !SERVED_BY.test(fields[i - (i % 2)] ?? ''));
  return [...others, 'X-Served-By', side];
}

function cookieOf(req: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]+)`).exec(req.headers.cookie ?? '')?.[1];
}
