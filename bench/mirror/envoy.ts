/**
 * Envoy on loopback: as a plain proxy, and as the mirror that is deployed, with a recorder that is healthy, hangs or is
 * absent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { endWithThis, freePorts } from '../../mirror/local/processes.ts';
import { startChild } from '../../rehearsal/machine/child.ts';
import { asInTask, onlyChild } from './proc.ts';

/** The number of the mirror's task. */
const WORKERS = '2';
const READY_TRIES = 200;

export interface EnvoyProcess {
  readonly pid: number;
  readonly port: number;
  /** The process id of the recorder beside it, if one runs. */
  readonly recorderPid?: number;
  stop(): Promise<void>;
}

/** Only a route to the upstream: the cost of Envoy itself. */
export async function startPlainEnvoy(binary: string, upstream: number): Promise<EnvoyProcess> {
  const [port = 0] = await freePorts(1);
  const at = (port_value: number) => ({ socket_address: { address: '127.0.0.1', port_value } });
  const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.extensions.filters.${name}` });
  const manager = {
    ...type('network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'plain',
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: type('http.router.v3.Router') }],
    route_config: {
      virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'up' } }] }],
    },
  };
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }];
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: at(upstream) } }] }];
  const configuration = {
    static_resources: {
      listeners: [{ name: 'in', address: at(port), filter_chains: [{ filters }] }],
      clusters: [{ name: 'up', type: 'STATIC', load_assignment: { cluster_name: 'up', endpoints } }],
    },
  };
  const args = ['--config-yaml', JSON.stringify(configuration), '--concurrency', WORKERS, '--disable-hot-restart'];
  // A session of its own, like the mirror's Envoy: Linux divides the processor among sessions first.
  const child = spawn(binary, [...args, '--log-level', 'error'], { stdio: 'inherit', detached: true });
  endWithThis(child);
  await answering(child, port);
  return { pid: child.pid ?? 0, port, stop: () => ended(child) };
}

export type RecorderState = 'healthy' | 'hung' | 'dead';

/** @param env environment of the mirror */
export async function startEnvoyMirror(
  binary: string,
  recorder: RecorderState,
  env: Readonly<Record<string, string>>,
): Promise<EnvoyProcess> {
  const sockets = new Set<Socket>();
  const hung = createServer({ pauseOnConnect: true }, (socket) => sockets.add(socket.on('error', () => {})));
  const [recorderPort = 0] = await freePorts(1);
  if (recorder === 'hung') hung.listen(recorderPort, '127.0.0.1');
  const child = await startChild({
    name: `the mirror by Envoy, recorder ${recorder}`,
    command: process.execPath,
    args: [join(import.meta.dirname, '..', '..', 'mirror', 'local', 'main.ts')],
    env: {
      ...env,
      ENVOY: binary,
      MIRROR_RECORDER_PORT: String(recorderPort),
      ...(recorder === 'healthy' ? {} : { MIRROR_RECORDER: 'off' }),
    },
  });
  const { recorderPid } = child.listening;
  if (recorderPid !== undefined) asInTask(Number(recorderPid));
  return {
    pid: onlyChild(Number(child.listening.envoyPid)),
    ...(recorderPid === undefined ? {} : { recorderPid: Number(recorderPid) }),
    port: child.port('forwardPort'),
    stop: async () => {
      await child.stop();
      for (const socket of sockets) socket.destroy();
      hung.close();
    },
  };
}

async function answering(child: ChildProcess, port: number): Promise<void> {
  for (let i = 0; i < READY_TRIES && child.exitCode === null; i++, await after(20))
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
  throw new Error('Envoy does not answer');
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
