/** Envoy and the recorder as processes of this machine, as they are containers of one task. */
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

/** Started by the same process 1 as in its container; its output is this process's. @throws Error when it ends instead of being ready */
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

/** Its process group goes when this process goes, however that ends: no proxy is left behind. Debian's sh takes no `--` here. */
export function endWithThis(child: ChildProcess): void {
  const watcher = spawn('sh', ['-c', 'cat >/dev/null; kill -KILL "-$0" 2>/dev/null', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // It lives by the pipe alone.
  watcher.unref();
}

async function isReady({ ports }: EnvoySettings): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${ports.admin}/ready`)).ok;
  } catch {
    return false;
  }
}

/** Ports of the loopback that nobody has at present, all different. */
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
