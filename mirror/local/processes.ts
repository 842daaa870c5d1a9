/** Runs Envoy and the recorder as processes of this machine, in place of the containers of a task. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { type EnvoySettings, envoyBootstrap, PID_ONE } from '../envoy/index.ts';

const READY_MS = 15_000;
const ASK_MS = 50;

export interface EnvoyOptions {
  readonly binary: string;
  readonly settings: EnvoySettings;
  readonly drainDelayMs: number;
  readonly drainMs: number;
  /** Worker threads. @default 2 */
  readonly concurrency?: number;
}

/**
 * Starts Envoy under the same process 1 as in its container, with its output on this process's.
 * @throws Error if it ends instead of becoming ready
 */
export async function startEnvoy(options: EnvoyOptions): Promise<ChildProcess> {
  const { binary, settings, drainDelayMs, drainMs, concurrency = 2 } = options;
  const child = spawn('bash', ['-c', PID_ONE, 'envoy'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: {
      PATH: process.env.PATH ?? '',
      ENVOY: binary,
      ENVOY_CONFIG: JSON.stringify(envoyBootstrap(settings)),
      INGRESS: settings.ingress,
      ADMIN_PORT: String(settings.ports.admin),
      DRAIN_DELAY_S: String(drainDelayMs / 1_000),
      DRAIN_S: String(Math.ceil(drainMs / 1_000)),
      CONCURRENCY: String(concurrency),
    },
  });
  endWithThis(child);
  for (const end = Date.now() + READY_MS; ; await after(ASK_MS)) {
    if (child.exitCode !== null) throw new Error(`Envoy ended with ${child.exitCode} before it was ready`);
    if (await isReady(settings)) return child;
    if (Date.now() < end) continue;
    child.kill('SIGKILL');
    throw new Error(`Envoy was not ready within ${READY_MS / 1_000} s`);
  }
}

/**
 * Ends the child's process group when this process ends, however that happens, so that no proxy stays behind. Debian's
 * sh accepts no `--` here.
 */
export function endWithThis(child: ChildProcess): void {
  const watcher = spawn('sh', ['-c', 'cat >/dev/null; kill -KILL "-$0" 2>/dev/null', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Only the pipe keeps the watcher alive.
  watcher.unref();
}

async function isReady({ ports }: EnvoySettings): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${ports.admin}/ready`)).ok;
  } catch {
    return false;
  }
}

/** Returns loopback ports that are free at present, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            resolve(typeof address === 'object' && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
