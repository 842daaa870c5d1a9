/** Process entry of the embedded mirror: two faces, a health port, metrics on stdout, and a drain on SIGTERM. */
import { createServer, type Server } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { Pool } from 'undici';
import { SIDES, type Side } from '../../sides/index.ts';
import { mirrorConfig } from '../config/index.ts';
import { Counters, ExchangeRecorder, Shadow, ThreadCapture } from '../recorder/index.ts';
import { Face } from './face.ts';
import { FailureLog } from './failure-log.ts';
import { Readiness } from './readiness.ts';

/** Connections are replaced after this time, so that a changed DNS name takes effect under constant load. */
const CONNECTION_TTL_MS = 10_000;
/** Interval between checks for idle connections. */
const IDLE_MS = 100;
/**
 * Time limit for delivering the last captures. On a busy machine, a thread that has just started takes more than five
 * seconds to load.
 */
const LAST_BATCH_MS = 20_000;

const config = mirrorConfig(process.env);
const counters = new Counters();
const failures = new FailureLog(console.error, () => performance.now());
const capture = new ThreadCapture(config.capture, counters);
// Loading telemetry takes a tenth of a second, so it is loaded only if there is a collector.
const spans =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : (await import('../telemetry.ts')).telemetry();
const urls: Readonly<Record<Side, URL>> = { stable: config.stableUrl, candidate: config.candidateUrl };
const sample = { cap: config.policy.bodyCap, key: config.capture.rules.redaction.key };

const shadows: Readonly<Record<Side, Shadow>> = { stable: shadowOf('stable'), candidate: shadowOf('candidate') };
for (const side of SIDES) counters.breakers.set(side, () => shadows[side].breakerOpen());
const recorder = new ExchangeRecorder({ shadows, noise: shadowOf('stable'), capture, counters, policy: config.policy });
const readiness: Readonly<Record<Side, Readiness>> = {
  stable: new Readiness(urls.stable, config.primaryHealthPath),
  candidate: new Readiness(urls.candidate, config.primaryHealthPath),
};
const faces: Readonly<Record<Side, Face>> = { stable: faceOf('stable'), candidate: faceOf('candidate') };
let draining = false;

/**
 * `/healthz`: the process serves. `/readyz/forward`, `/readyz/reverse`: it serves, and that face's primary is
 * reachable.
 */
const health = createServer(({ url }, res) => {
  const primary = url === '/readyz/forward' ? 'stable' : url === '/readyz/reverse' ? 'candidate' : null;
  const ok = !draining && (primary === null ? url === '/healthz' : readiness[primary].ready);
  res.writeHead(ok ? 200 : 503).end(ok ? 'ok\n' : `${draining ? 'draining' : 'no primary'}\n`);
});

const servers = [faces.stable.server, faces.candidate.server, health];
await Promise.all([
  listen(faces.stable.server, config.forwardPort),
  listen(faces.candidate.server, config.reversePort),
  listen(health, config.healthPort),
]);
console.log(
  JSON.stringify({
    event: 'listening',
    forwardPort: portOf(faces.stable.server),
    reversePort: portOf(faces.candidate.server),
    healthPort: portOf(health),
  }),
);

const metrics = setInterval(report, config.metricsMs);
process.once('SIGTERM', () => void drain());
// Without a listener, a second signal would end the process in the midst of its drain.
process.on('SIGTERM', () => {});

function faceOf(primary: Side): Face {
  return new Face({
    primary,
    primaryUrl: urls[primary],
    ingress: config.ingress,
    keepAliveMs: config.keepAliveMs,
    failures,
    recorder,
    counters,
    policy: config.policy,
    sample,
    routes: config.capture.rules.routes,
    ...(spans === undefined ? {} : { telemetry: spans }),
  });
}

function shadowOf(side: Side): Shadow {
  const { maxCopies, copyDeadlineMs } = config;
  const limits = { connections: maxCopies, maxHeaderSize: 128 * 1024, clientTtl: CONNECTION_TTL_MS };
  const dispatcher = new Pool(urls[side].origin, limits);
  return new Shadow({ dispatcher, counters, sample, maxInFlight: maxCopies, deadlineMs: copyDeadlineMs });
}

function report(): void {
  for (const line of counters.flush(config.ingress, Date.now())) console.log(line);
}

/**
 * Keeps answering until the load balancer has noticed, finishes requests in progress, and then delivers the last
 * captures.
 */
async function drain(): Promise<void> {
  draining = true;
  for (const side of SIDES) {
    readiness[side].stop();
    faces[side].drain();
  }
  await after(config.drainDelayMs);
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  const idle = setInterval(closeIdle, IDLE_MS);
  closeIdle();
  await Promise.race([Promise.all(closed), after(config.drainMs)]);
  clearInterval(idle);
  clearInterval(metrics);
  await recorder.settled();
  await Promise.allSettled([capture.close(LAST_BATCH_MS), spans?.flush()]);
  report();
  process.exit(0);
}

function closeIdle(): void {
  faces.stable.closeIdle();
  faces.candidate.closeIdle();
  health.closeIdleConnections();
}

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
