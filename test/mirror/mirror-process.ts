/**
 * Runs the mirror as a separate process: the embedded proxy, or Envoy with the recorder. Both have the same interface.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { onlyChild } from '../../bench/mirror/proc.ts';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { envoyBinary } from '../../mirror/local/envoy-binary.ts';
import { type Child, startChild } from '../../rehearsal/machine/child.ts';
import { ownModule } from '../../rehearsal/machine/own-module.ts';

export type MirrorProxy = 'embedded' | 'envoy';

/** Path of Envoy's binary; null if this machine has none, and then only the embedded proxy is tested. */
const ENVOY = envoyBinary(process.env);
export const PROXIES: readonly MirrorProxy[] = ENVOY === null ? ['embedded'] : ['embedded', 'envoy'];

const metricSchema = z.looseObject({ _aws: z.unknown(), Reason: z.string().optional() });

export interface MirrorProcess {
  readonly proxy: MirrorProxy;
  readonly child: Child;
  /** Id of the process that customers' requests pass through. */
  readonly proxyPid: number;
  readonly port: number;
  readonly reversePort: number;
  readonly healthPort: number;
  /** Lines on standard output that are not metrics. */
  readonly lines: readonly string[];
  /** Lines on standard output that are metrics, in the format that the CloudWatch agent reads. */
  readonly emf: readonly string[];
  /** Sums of the metrics reported so far; drops are summed by reason. */
  metrics(): Readonly<Record<string, number>>;
  captures(): readonly CaptureRecord[];
  /** Resolves with the captures when there are at least `count`. */
  captured(count: number): Promise<readonly CaptureRecord[]>;
  /** Drains the mirror. Resolves when it has ended. */
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly stable: number;
  readonly candidate: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startMirror(
  proxy: MirrorProxy,
  { stable, candidate, env = {} }: ProcessOptions,
): Promise<MirrorProcess> {
  // Benchmarks start mirrors too, and outside a test run nothing else removes temporary folders.
  const folder = mkdtempSync(join(tmpdir(), 'mirror-process-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const file = join(folder, 'captures.ndjson');
  const lines: string[] = [];
  const emf: string[] = [];
  const sums: Record<string, number> = {};
  const child = await startChild({
    name: `mirror (${proxy})`,
    // A mirror drains before it ends, which takes a while on a busy machine.
    graceMs: 60_000,
    command: process.execPath,
    args: [ownModule('mirror', proxy === 'envoy' ? 'local' : 'embedded', 'main')],
    env: {
      ...(ENVOY === null ? {} : { ENVOY }),
      CROSSFADE_INGRESS: 'g',
      MIRROR_BIND: '127.0.0.1',
      MIRROR_FORWARD_PORT: '0',
      MIRROR_REVERSE_PORT: '0',
      MIRROR_HEALTH_PORT: '0',
      MIRROR_STABLE_URL: `http://127.0.0.1:${stable}`,
      MIRROR_CANDIDATE_URL: `http://127.0.0.1:${candidate}`,
      MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
      MIRROR_SINK: `ndjson:${file}`,
      MIRROR_FLUSH_MS: '20',
      ...env,
    },
    onLine: (line) => {
      const metric = metricSchema.safeParse(parsed(line));
      if (!metric.success) return void lines.push(line);
      emf.push(line);
      for (const [name, value] of Object.entries(metric.data)) {
        if (typeof value !== 'number') continue;
        const key = metric.data.Reason === undefined ? name : metric.data.Reason;
        sums[key] = (sums[key] ?? 0) + value;
      }
    },
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  let last: readonly CaptureRecord[] | undefined;
  const captures = () => last ?? written();
  const written = () =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          // Skips lines that are incomplete: still being written, or left by a killed recorder.
          .flatMap((line) => (parsed(line) === null ? [] : [JSON.parse(line) as CaptureRecord]))
      : [];
  return {
    proxy,
    child,
    proxyPid: proxyPidOf(child),
    port: child.port('forwardPort'),
    reversePort: child.port('reversePort'),
    healthPort: child.port('healthPort'),
    lines,
    emf,
    metrics: () => sums,
    captures,
    async captured(count) {
      while (captures().length < count) await new Promise((resolve) => setTimeout(resolve, 20));
      return captures();
    },
    async stop() {
      await child.stop();
      last ??= written();
      remove();
    },
  };
}

/** Returns the id of the proxy's process. Envoy is the child of its process 1. */
function proxyPidOf({ pid, listening }: Child): number {
  const { envoyPid } = listening;
  if (envoyPid === undefined) return pid;
  return onlyChild(Number(envoyPid));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Makes the server listen on a free loopback port until the test file ends. @returns the port */
export async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
