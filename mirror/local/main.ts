/**
 * Process entry: runs the Envoy that `ENVOY` names, and the recorder. Both are started, restarted and ended together,
 * as ECS does with the containers of a task. It takes the same environment and prints the same output as the embedded
 * mirror, so a rehearsal can use either. Port 0 means any free port.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { mirrorConfig } from '../config/index.ts';
import { envoySettings } from './envoy-settings.ts';
import { endWithThis, freePorts, startEnvoy } from './processes.ts';

/** Delay before a recorder that ended is restarted. */
const RESTART_MS = 1_000;
/**
 * How long a new recorder may take to start before requests pass without it. On a busy machine five seconds were too
 * few, and every capture was lost.
 */
const RECORDER_MS = 45_000;
const ORPHAN_MS = 1_000;
/** How long a recorder may live after its Envoy has died, in order to deliver its captures. */
const LAST_CAPTURES_MS = 15_000;
const PORTS = [
  'MIRROR_FORWARD_PORT',
  'MIRROR_REVERSE_PORT',
  'MIRROR_HEALTH_PORT',
  'MIRROR_RECORDER_PORT',
  'MIRROR_ADMIN_PORT',
  'MIRROR_COPY_STABLE_PORT',
  'MIRROR_COPY_CANDIDATE_PORT',
] as const;

// The caller has already found the binary and checked its version.
const { ENVOY: binary } = process.env;
if (binary === undefined) throw new Error('no Envoy: set ENVOY to its path');
const env = await withPorts(process.env);
const config = mirrorConfig(env);
const envoy = await startEnvoy({
  binary,
  settings: envoySettings(config),
  drainDelayMs: config.drainDelayMs,
  drainMs: config.drainMs,
});
let ending = false;
let recorder: ChildProcess | null = config.recorder ? startRecorder() : null;
if (recorder !== null) await listening(config.recorderPort, recorder);
const { forwardPort, reversePort, healthPort, adminPort } = config;
console.log(
  JSON.stringify({
    event: 'listening',
    proxy: 'envoy',
    forwardPort,
    reversePort,
    healthPort,
    adminPort,
    envoyPid: envoy.pid,
    recorderPid: recorder?.pid,
  }),
);
process.on('SIGTERM', end);
// The parent process may vanish without a signal, and a proxy that nobody uses must not stay behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) end();
}, ORPHAN_MS).unref();
envoy.once('exit', (code) => {
  const asked = ending;
  ending = true;
  const exit = () => process.exit(asked ? 0 : (code ?? 1));
  if (recorder === null || recorder.exitCode !== null || recorder.signalCode !== null) return exit();
  recorder.once('exit', exit);
  if (asked) return;
  // Envoy is the task's essential container: after it, ECS ends the recorder with SIGTERM, so that it delivers what it
  // has taken.
  recorder.kill('SIGTERM');
  setTimeout(() => recorder?.kill('SIGKILL'), LAST_CAPTURES_MS);
});

function end(): void {
  if (ending) return;
  ending = true;
  envoy.kill('SIGTERM');
  recorder?.kill('SIGTERM');
}

function startRecorder(): ChildProcess {
  const entry = join(import.meta.dirname, '..', 'sidecar', `main${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  // Readiness is announced once, for the whole mirror.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.includes('"event":"listening"')) console.log(line);
  });
  endWithThis(child);
  child.once('exit', () => {
    if (ending) return;
    setTimeout(() => {
      if (!ending) recorder = startRecorder();
    }, RESTART_MS);
  });
  return child;
}

/** Waits until the port listens, or the child ends, or time is over: requests also pass without a recorder. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + RECORDER_MS; Date.now() < end && child.exitCode === null; await after(50)) {
    const taken = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (taken) return;
  }
}

/** Chooses a free port wherever the port is 0 or is internal to Envoy and the recorder. */
async function withPorts(given: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const wanted = PORTS.filter((name) => (given[name] ?? '0') === '0');
  const free = await freePorts(wanted.length);
  return { ...given, ...Object.fromEntries(wanted.map((name, i) => [name, String(free[i])])) };
}
