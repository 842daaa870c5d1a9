/** Process entry of the tap: two faces, a health port, metrics to stdout, drain on SIGTERM. */
import { createServer, type Server } from 'node:http';
import { Pool } from 'undici';
import { tapConfig } from './config.ts';
import { Counters } from './counters.ts';
import { face } from './proxy.ts';
import { Shadow } from './shadow.ts';
import { firehoseClient, firehoseSink, nullSink } from './sink.ts';

const METRICS_MS = 10_000;

const config = tapConfig(process.env);
const counters = new Counters();
const sink = config.sink.kind === 'none' ? nullSink : firehoseSink(firehoseClient(), config.sink.stream, counters);
// The SDK takes a tenth of a second to load: only where there is a collector.
const spans =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : (await import('./telemetry.ts')).telemetry();
const pool = (url: string) => new Pool(url, { connections: 256, headersTimeout: 60_000, bodyTimeout: 60_000 });

function faceOf(primary: 'stable' | 'candidate'): Server {
  const [own, other] =
    primary === 'stable' ? [config.stableUrl, config.candidateUrl] : [config.candidateUrl, config.stableUrl];
  const { ingress, sampleRate, redactionKey, routes } = config;
  const shadow = new Shadow(pool(other), counters, redactionKey);
  counters.breakers.set(primary === 'stable' ? 'candidate' : 'stable', () => shadow.breakerOpen());
  return face({
    ingress,
    primary,
    primaryPool: pool(own),
    shadow,
    sink,
    counters,
    sampleRate,
    redactionKey,
    routes,
    ...(spans === undefined ? {} : { telemetry: spans }),
  });
}

const servers = [
  faceOf('stable'),
  faceOf('candidate'),
  createServer((_req, res) => res.writeHead(200).end('ok')),
] as const;
const [forward, reverse, health] = servers;

await Promise.all([
  listen(forward, config.forwardPort),
  listen(reverse, config.reversePort),
  listen(health, config.healthPort),
]);
console.log(
  JSON.stringify({
    event: 'listening',
    forwardPort: portOf(forward),
    reversePort: portOf(reverse),
    healthPort: portOf(health),
  }),
);

const timers = [
  setInterval(() => void sink.flush(), config.flushMs),
  setInterval(() => {
    for (const line of counters.flush(config.ingress, Date.now())) console.log(line);
  }, METRICS_MS),
];

process.on('SIGTERM', () => {
  for (const timer of timers) clearInterval(timer);
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const server of servers) server.closeIdleConnections();
  void Promise.all(closed)
    .then(() => Promise.allSettled([sink.flush(), spans?.flush()]))
    .then(() => process.exit(0));
});

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, config.bind, resolve);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
