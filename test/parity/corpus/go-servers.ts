/** Runs the candidates of the corpus on free loopback ports, as far as this machine’s Go can build them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../../../rehearsal/machine/child.ts';
import { MADE, writeFiles } from './files.ts';

export type GoSide = 'servemux' | 'chi' | 'jsonv2';

export interface GoServers {
  /** Minor version of this machine's Go 1; null if it has none that is new enough. */
  readonly version: number | null;
  /** Ports of the services, without those that this machine cannot build. */
  readonly port: Readonly<Partial<Record<GoSide, number>>>;
  stop(): Promise<void>;
}

const SOURCES = join(import.meta.dirname, '..', 'corpus-go');

export async function startGoServers(): Promise<GoServers> {
  const version = goVersion();
  if (version === null && process.env.CROSSFADE_REQUIRE_GO === '1')
    throw new Error('CROSSFADE_REQUIRE_GO=1, but there is no Go 1.22 or newer');
  const files = writeFiles();
  const v1 = version === null ? null : await startGo('corpus-v1', [], {}, files);
  // encoding/json/v2 is an experiment of Go 1.25 and newer.
  const v2 =
    version === null || version < 25
      ? null
      : await startGo('corpus-v2', ['-tags', 'v2'], { GOEXPERIMENT: 'jsonv2' }, files);
  return {
    version,
    port: {
      ...(v1 === null ? {} : { servemux: v1.port('servemux'), chi: v1.port('chi') }),
      ...(v2 === null ? {} : { jsonv2: v2.port('jsonv2') }),
    },
    async stop() {
      await Promise.all([v1?.stop(), v2?.stop()]);
    },
  };
}

async function startGo(
  name: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
  files: string,
): Promise<Child> {
  const binary = join(MADE, process.platform === 'win32' ? `${name}.exe` : name);
  mkdirSync(MADE, { recursive: true });
  execFileSync('go', ['build', '-mod=vendor', ...flags, '-o', binary, '.'], {
    cwd: SOURCES,
    env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '', ...env },
    stdio: 'pipe',
  });
  return startChild({ name, command: binary, args: [], env: { FILES: files } });
}

/** Returns the minor version of Go 1 on this machine; null if there is none, or one older than the sources need. */
function goVersion(): number | null {
  try {
    const text = execFileSync('go', ['env', 'GOVERSION'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    const minor = Number(/^go1\.(\d+)/.exec(text)?.[1] ?? 0);
    return minor >= 22 ? minor : null;
  } catch {
    return null;
  }
}
