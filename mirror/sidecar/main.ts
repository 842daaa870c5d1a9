/**
 * Process entry of the recorder next to Envoy: takes exchanges, sends copies through Envoy, ships captures and
 * publishes metrics.
 */
import { setTimeout as after } from 'node:timers/promises';
import { Pool } from 'undici';
import { routeWithoutSecrets, withoutSecrets } from '../../capture/redaction/index.ts';
import { SIDES, type Side } from '../../sides/index.ts';
import { mirrorConfig } from '../config/index.ts';
import { SHARED } from '../envoy/index.ts';
import { RequestHead, traceContext } from '../message/index.ts';
import {
  type CopyRequest,
  Counters,
  ExchangeRecorder,
  type RecordedExchange,
  Shadow,
  ThreadCapture,
} from '../recorder/index.ts';
import { envoyAdmin } from './envoy-admin.ts';
import { EnvoyBooks } from './envoy-counts.ts';
import { inTime, intake } from './intake.ts';
import { parseExchange } from './message.ts';
import { copyLeg } from './proxied-leg.ts';

/** Time limit for delivering the last captures. */
const LAST_BATCH_MS = 5_000;
const LOOPBACK = '127.0.0.1';

const config = mirrorConfig(process.env);
const counters = new Counters();
const capture = new ThreadCapture(config.capture, counters);
const shadows: Readonly<Record<Side, Shadow>> = { stable: shadowOf('stable'), candidate: shadowOf('candidate') };
for (const side of SIDES) counters.breakers.set(side, () => shadows[side].breakerOpen());
const recorder = new ExchangeRecorder({ shadows, noise: shadowOf('stable'), capture, counters, policy: config.policy });
const admin = envoyAdmin(`http://${LOOPBACK}:${config.adminPort}`);
const books = new EnvoyBooks(admin, counters);

// Loading telemetry takes a tenth of a second, so it is loaded only if there is a collector.
const spans =
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? undefined : (await import('../telemetry.ts')).telemetry();

const server = intake(
  config.policy.bodyCap,
  (message) => {
    const { sentAt, ...exchange } = parseExchange(message);
    if (!inTime(sentAt, Date.now())) return false;
    recorder.take(exchange);
    span(exchange);
    return true;
  },
  () => void counters.givenUp++,
);
let metrics: NodeJS.Timeout | undefined;
/** Exchanges that Envoy handed over and that had not been accounted for at the last reading. */
let open = 0;
let toldAt = performance.now();
let reporting = Promise.resolve();
// From here on, a recorder that must end right after its start still publishes what its predecessor left.
process.once('SIGTERM', () => void drain());
// Without a listener, a second signal would end the process in the midst of its drain.
process.on('SIGTERM', () => {});
// Envoy may have started later than this process; then there is nothing to publish.
await books.leftBehind(() => say(false)).catch(() => {});
await new Promise<void>((resolve, reject) => {
  server.once('error', reject);
  server.listen(config.recorderPort, LOOPBACK, resolve);
});
console.log(JSON.stringify({ event: 'listening', recorderPort: config.recorderPort }));
metrics = setInterval(() => void report(), config.metricsMs);

function shadowOf(side: Side): Shadow {
  const { maxCopies, copyDeadlineMs, policy, copyPorts } = config;
  return new Shadow({
    dispatcher: new Pool(`http://${LOOPBACK}:${copyPorts[side]}`, {
      connections: maxCopies,
      maxHeaderSize: 160 * 1024,
    }),
    counters,
    sample: { cap: policy.bodyCap, key: config.capture.rules.redaction.key },
    maxInFlight: maxCopies,
    deadlineMs: copyDeadlineMs,
    marks: ({ http2 }: CopyRequest) => (http2 === true ? [SHARED.http2, '1'] : []),
    read: copyLeg,
  });
}

/** Span of the primary's answer to a recorded request. Both sides' spans have the same parent. */
function span({ at, headers, method, target, primary, leg }: RecordedExchange): void {
  const route = routeWithoutSecrets(target, config.capture.rules.routes);
  spans
    ?.request(traceContext(new RequestHead(headers)), method, route, primary, at)
    .end(leg.outcome === 'response' ? leg.status : null, at + leg.totalMs);
}

function report(last = false): Promise<void> {
  reporting = reporting.then(() => tell(last));
  return reporting;
}

async function tell(last: boolean): Promise<void> {
  const asked = performance.now();
  let said = false;
  try {
    await books.tell((left) => {
      [open, toldAt, said] = [left, asked, true];
      say(true);
    }, last);
  } catch (error) {
    if (!last) console.error(JSON.stringify({ event: 'envoy counts not read', error: withoutSecrets(String(error)) }));
  }
  if (said) return;
  if (last) closeAccounts();
  say(last);
}

function say(known: boolean): void {
  for (const line of counters.flush(config.ingress, Date.now(), known)) console.log(line);
}

/**
 * Envoy may have ended before its last counts were read. Exchanges that it had handed over and that never arrived are
 * lost. Exchanges that arrived after the last reading belong to requests that nobody counted; the number of Envoy's
 * other requests since then is unknown.
 */
function closeAccounts(): void {
  const missing = open - counters.settled;
  if (missing > 0) counters.drop('recorder-down', missing);
  else counters.requests -= missing;
}

/** Envoy drains for as long as it needs and then ends. Its exchanges are accepted until then. */
async function drain(): Promise<void> {
  await Promise.race([envoyEnds(), after(config.drainDelayMs + config.drainMs)]);
  clearInterval(metrics);
  server.close();
  await recorder.settled();
  await Promise.allSettled([capture.close(LAST_BATCH_MS), spans?.flush()]);
  await report(true);
  process.exit(0);
}

async function envoyEnds(): Promise<void> {
  for (let asked = 0; ; asked++) {
    try {
      // `/ready` is no use here: it fails for as long as Envoy drains.
      await admin.get('/server_info');
    } catch {
      // Envoy ended by itself, after which ECS sends this process SIGTERM.
      if (asked === 0)
        console.log(JSON.stringify({ event: 'envoy died', uncountedMs: Math.round(performance.now() - toldAt) }));
      return;
    }
    await report();
    await after(500);
  }
}
