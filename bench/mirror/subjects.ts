/** The measured subjects: each is its own process on loopback, in front of the same upstream. */
import { join } from 'node:path';
import { bundleModule } from '../../lib/assets/bundle.ts';
import { envoyBinary } from '../../mirror/local/index.ts';
import { startChild } from '../../rehearsal/machine/child.ts';
import { type RecorderState, startEnvoyMirror, startPlainEnvoy } from './envoy.ts';
import { startProxy, startUpstream } from './nginx.ts';

export interface Profile {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bodyBytes: number;
}

export interface Target {
  readonly pid: number;
  readonly port: number;
}

export interface Subject extends Target {
  readonly name: string;
  /** The process id of the recorder beside it, which is not in the customers' path. */
  readonly recorderPid?: number;
}

export const NAMES = {
  none: 'no mirror',
  nginx: 'nginx',
  nginxMirror: 'nginx mirror',
  nginxMirrorSlow: 'nginx mirror, shadow 2 s',
  mirror: 'mirror 0 %',
  mirrorCopy: 'mirror 100 %',
  mirrorCopySlow: 'mirror 100 %, shadow 2 s',
  mirrorNdjson: 'mirror 100 %, NDJSON',
  undici: 'undici dispatch (floor)',
  nodeHttp: 'node:http pipe (floor)',
  fastify: '@fastify/http-proxy',
  httpProxy3: 'http-proxy-3',
  envoyPlain: 'Envoy plain',
  envoyMirror: 'by Envoy 0 %',
  envoyMirrorPart: 'by Envoy 5 %',
  envoyMirrorCopy: 'by Envoy 100 %',
  envoyMirrorHung: 'by Envoy 100 %, recorder hung',
  envoyMirrorDead: 'by Envoy 100 %, recorder dead',
} as const;

export interface World {
  readonly subjects: readonly Subject[];
  /** Starts another mirror in front of the same upstream. */
  mirror(name: string, env: Readonly<Record<string, string>>): Promise<Subject>;
  readonly slowShadow: number;
  stop(): Promise<void>;
}

/** @param dir folder for bundles and for nginx's folders */
export async function startWorld(dir: string): Promise<World> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.splice(0).map((end) => end()));
  };
  const kept = <T extends { stop(): Promise<void> }>(started: T): T => {
    stops.push(() => started.stop());
    return started;
  };
  try {
    const upstream = kept(await startUpstream(dir));
    const healthy = kept(await startUpstream(dir)).port;
    const node = async (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      kept(await startChild({ name, command: process.execPath, args, env: { NODE_ENV: 'production', ...env } }));
    const proxy = async (name: string, module: string): Promise<Subject> => {
      const child = await node(name, [
        join(import.meta.dirname, 'proxies', `${module}.ts`),
        `http://127.0.0.1:${upstream.port}`,
      ]);
      return { name, pid: child.pid, port: child.port('port') };
    };
    const nginx = async (name: string, shadow?: number): Promise<Subject> => {
      const { pid, port } = kept(await startProxy(dir, upstream.port, shadow));
      return { name, pid, port };
    };
    const slowShadow = (await proxy('slow shadow', 'slow-shadow')).port;
    const source = join(import.meta.dirname, '..', '..', 'mirror');
    bundleModule(
      [
        { in: join(source, 'embedded', 'main.ts'), out: 'main' },
        { in: join(source, 'recorder', 'delivery-thread.ts'), out: 'delivery-thread' },
      ],
      join(dir, 'mirror'),
    );
    const environment = {
      CROSSFADE_INGRESS: 'bench',
      MIRROR_BIND: '127.0.0.1',
      MIRROR_FORWARD_PORT: '0',
      MIRROR_REVERSE_PORT: '0',
      MIRROR_HEALTH_PORT: '0',
      MIRROR_STABLE_URL: `http://127.0.0.1:${upstream.port}`,
      MIRROR_CANDIDATE_URL: `http://127.0.0.1:${healthy}`,
      MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
    };
    const mirror = async (name: string, env: Readonly<Record<string, string>>): Promise<Subject> => {
      const args = [...mirrorFlags(), join(dir, 'mirror', 'main.mjs')];
      const child = await node(name, args, { ...environment, ...env });
      return { name, pid: child.pid, port: child.port('forwardPort') };
    };
    const binary = envoyBinary(process.env);
    const byEnvoy = async (name: string, rate: string, recorder: RecorderState = 'healthy'): Promise<Subject[]> => {
      if (binary === null) return [];
      const env = { ...environment, MIRROR_SAMPLE_RATE: rate };
      const { stop: _, ...started } = kept(await startEnvoyMirror(binary, recorder, env));
      return [{ name, ...started }];
    };
    const plain = binary === null ? null : kept(await startPlainEnvoy(binary, upstream.port));
    const slow = { MIRROR_CANDIDATE_URL: `http://127.0.0.1:${slowShadow}` };
    const subjects = [
      { name: NAMES.none, pid: upstream.pid, port: upstream.port },
      await nginx(NAMES.nginx),
      await mirror(NAMES.mirror, { MIRROR_SAMPLE_RATE: '0' }),
      await mirror(NAMES.mirrorCopy, {}),
      await mirror(NAMES.mirrorCopySlow, slow),
      await mirror(NAMES.mirrorNdjson, { MIRROR_SINK: 'ndjson:/dev/null' }),
      await proxy(NAMES.undici, 'undici-dispatch'),
      await proxy(NAMES.nodeHttp, 'node-http'),
      await proxy(NAMES.fastify, 'fastify'),
      await proxy(NAMES.httpProxy3, 'http-proxy-3'),
      await nginx(NAMES.nginxMirror, healthy),
      await nginx(NAMES.nginxMirrorSlow, slowShadow),
      ...(plain === null ? [] : [{ name: NAMES.envoyPlain, pid: plain.pid, port: plain.port }]),
      ...(await byEnvoy(NAMES.envoyMirror, '0')),
      ...(await byEnvoy(NAMES.envoyMirrorPart, '0.05')),
      ...(await byEnvoy(NAMES.envoyMirrorCopy, '1')),
      ...(await byEnvoy(NAMES.envoyMirrorHung, '1', 'hung')),
      ...(await byEnvoy(NAMES.envoyMirrorDead, '1', 'dead')),
    ];
    return { subjects, mirror, slowShadow, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For profiling: `MIRROR_NODE_FLAGS="--cpu-prof --cpu-prof-dir=…"`. */
function mirrorFlags(): string[] {
  return (process.env.MIRROR_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
}
