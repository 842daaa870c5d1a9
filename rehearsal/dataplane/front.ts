/**
 * A front before somebody's own service, as a target of the local load balancer and of the mirror: plain HTTP on this
 * machine, whatever the service speaks. It passes requests on unchanged, and fails in the service's place when a fault
 * is injected.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { buildConnector, Pool } from 'undici';
import { listen } from '../machine/index.ts';
import { withoutHopByHop } from './hop-by-hop.ts';
import { fateOf, type TargetFault } from './target-fault.ts';

export interface FrontOptions {
  /** Address of the service: scheme, host and port. */
  readonly url: string;
  /** Trusted certificates (PEM), if it speaks TLS. @default those that Node trusts */
  readonly authorities?: readonly string[] | undefined;
  /** The authority to request if the client named none of its own. @default the client's */
  readonly host?: string | undefined;
}

export interface Front {
  readonly port: number;
  /** From now on its answers fail in this way. */
  inject(fault: TargetFault): void;
  /** From now on nothing listens, as after the end of a process. */
  stop(): Promise<void>;
}

/** How long an ALB waits for a connection to its target. */
const CONNECT_MS = 10_000;

/** The load balancer's own address, for requests that name no host. */
const LOCAL = /^127\.0\.0\.1:\d+$/;

export async function startFront({ url, authorities, host }: FrontOptions): Promise<Front> {
  const pool = new Pool(url, { connections: 128, connect: connectorTo(url, authorities) });
  let fault: TargetFault = {};
  const server = createServer((req, res) => void pass(req, res));
  server.keepAliveTimeout = 60_000;

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const abort = new AbortController();
    res.once('close', () => abort.abort());
    try {
      if (fault.latencyMs !== undefined) await delay(fault.latencyMs, undefined, { signal: abort.signal });
      const fate = fateOf(fault, Math.random());
      if (fate === 'reset') throw new Error('the rehearsal resets this connection');
      if (fate === 'error') {
        req.resume();
        res.writeHead(500).end();
        return;
      }
      const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
      const response = await pool.request({
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers: withHost(withoutHopByHop(req.rawHeaders), host),
        body: hasBody ? req : null,
        responseHeaders: 'raw',
        // The load balancer and the mirror have their own timeouts, and close the connection.
        headersTimeout: 0,
        bodyTimeout: 0,
        signal: abort.signal,
      });
      const headers = Array.isArray(response.headers) ? response.headers.map(String) : [];
      res.writeHead(response.statusCode, withoutHopByHop(headers));
      await pipeline(response.body, res);
    } catch {
      // Like a service that did not answer.
      req.socket.destroy();
    }
  }

  const at = new URL(await listen(server));
  let stopped: Promise<void> | undefined;
  return {
    port: Number(at.port),
    inject(next) {
      fault = next;
    },
    stop() {
      stopped ??= (async () => {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
        await pool.destroy();
      })();
      return stopped;
    },
  };
}

/** A service's certificate is for its own name, whatever host a request names. */
function connectorTo(url: string, authorities: readonly string[] | undefined): buildConnector.connector {
  // Created once, because it reads about 150 authorities.
  const trusting = authorities === undefined ? {} : { secureContext: createSecureContext({ ca: [...authorities] }) };
  const connect = buildConnector({ timeout: CONNECT_MS, ...trusting });
  const { hostname } = new URL(url);
  const servername = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0 ? hostname : '';
  return (options, callback) => connect({ ...options, servername }, callback);
}

function withHost(raw: readonly string[], host: string | undefined): string[] {
  if (host === undefined) return [...raw];
  return raw.map((text, i) => (i % 2 === 1 && /^host$/i.test(raw[i - 1] ?? '') && LOCAL.test(text) ? host : text));
}
