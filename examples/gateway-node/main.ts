/**
 * Process entry point: reads the configuration from the environment, writes metrics and logs to stdout, and drains on
 * SIGTERM.
 */
import type { AddressInfo, Server } from 'node:net';
import pino from 'pino';
import { gateway } from './app.ts';
import { faultSwitch } from './fault.ts';
import { upstream } from './upstream.ts';

const {
  PORT = '8080',
  BIND = '0.0.0.0',
  SIDE = 'stable',
  CROSSFADE_INGRESS = 'gateway',
  UPSTREAM_URL = 'http://127.0.0.1:9000',
  FAULT_PORT,
  EXPOSE_SIDE,
  EMF_INTERVAL_MS = '10000',
  LOG_LEVEL = 'info',
  OTEL_EXPORTER_OTLP_ENDPOINT,
} = process.env;

const orders = upstream(UPSTREAM_URL);
const fault = FAULT_PORT === undefined ? undefined : faultSwitch();
// The SDK takes a tenth of a second to load, so load it only if there is a collector.
const spans = OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : (await import('./telemetry.ts')).telemetry(SIDE);
let requests = 0;
const items = { asked: 0, kept: 0 };
const app = gateway({
  upstream: orders,
  logger: pino({ level: LOG_LEVEL, base: { side: SIDE } }),
  onRequest: () => {
    requests++;
  },
  onItem: (kept) => {
    items.asked++;
    if (kept) items.kept++;
  },
  ...(EXPOSE_SIDE === '1' ? { servedBy: SIDE } : {}),
  ...(fault === undefined ? {} : { fault }),
  ...(spans === undefined ? {} : { telemetry: spans }),
});

const server = app.listen(Number(PORT), BIND, () => {
  if (fault === undefined) announce();
  else fault.server.listen(Number(FAULT_PORT), '127.0.0.1', announce);
});
// Longer than the load balancer's idle timeout, so that the target is never the first to close.
server.keepAliveTimeout = 75_000;

function announce(): void {
  const faultPort = fault === undefined ? {} : { faultPort: portOf(fault.server) };
  console.log(JSON.stringify({ event: 'listening', port: portOf(server), ...faultPort }));
}

function portOf(of: Server): number {
  const address: AddressInfo | string | null = of.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const metrics = setInterval(() => {
  const names = ['UpstreamErrors', 'BreakerOpen', 'Requests', 'ItemsAsked', 'ItemsKept'].map((Name) => ({ Name }));
  const _aws = {
    Timestamp: Date.now(),
    CloudWatchMetrics: [{ Namespace: 'Crossfade', Dimensions: [['Ingress', 'Side']], Metrics: names }],
  };
  console.log(
    JSON.stringify({
      _aws,
      Ingress: CROSSFADE_INGRESS,
      Side: SIDE,
      UpstreamErrors: orders.takeErrors(),
      BreakerOpen: orders.breakerState(),
      Requests: requests,
      ItemsAsked: items.asked,
      ItemsKept: items.kept,
    }),
  );
  requests = 0;
  Object.assign(items, { asked: 0, kept: 0 });
}, Number(EMF_INTERVAL_MS));

process.on('SIGTERM', () => {
  clearInterval(metrics);
  fault?.server.close();
  server.close(() => void Promise.resolve(spans?.flush()).finally(() => process.exit(0)));
  server.closeIdleConnections();
});
