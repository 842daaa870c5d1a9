/**
 * Runs the services of the corpus on free loopback ports: Express 4 and 5 and Fastify always, the Go ones if this
 * machine has Go.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import express5 from 'express';
import express4 from 'express4';
import { type Child, startChild } from '../../../rehearsal/machine/child.ts';
import { listen, stop } from '../../support/http.ts';
import { expressApp } from './express-app.ts';
import { fastifyApp } from './fastify-app.ts';

export type NodeSide = 'express4' | 'express5' | 'fastify';
export type GoSide = 'servemux' | 'chi' | 'jsonv2';

export interface Servers {
  readonly node: Readonly<Record<NodeSide, number>>;
  /** Minor version of this machine's Go 1; null if it has none that is new enough. */
  readonly goVersion: number | null;
  /** Ports of the Go services, without those that this machine cannot build. */
  readonly go: Readonly<Partial<Record<GoSide, number>>>;
  stop(): Promise<void>;
}

const SOURCES = join(import.meta.dirname, '..', 'corpus-go');
const BINARIES = join(import.meta.dirname, '..', '..', '..', '.crossfade');

export async function startServers(): Promise<Servers> {
  const fastify = fastifyApp();
  const files = writeFiles();
  const servers = [createServer(expressApp(express4, files)), createServer(expressApp(express5, files))];
  const [four, five] = await Promise.all(servers.map(listenOn));
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  const version = goVersion();
  if (version === null && process.env.CROSSFADE_REQUIRE_GO === '1')
    throw new Error('CROSSFADE_REQUIRE_GO=1, but there is no Go 1.22 or newer');
  const v1 = version === null ? null : await startGo('corpus-v1', [], {}, files);
  // encoding/json/v2 is an experiment of Go 1.25 and newer.
  const v2 =
    version === null || version < 25
      ? null
      : await startGo('corpus-v2', ['-tags', 'v2'], { GOEXPERIMENT: 'jsonv2' }, files);
  return {
    node: { express4: four ?? 0, express5: five ?? 0, fastify: portOf(fastify.server) },
    goVersion: version,
    go: {
      ...(v1 === null ? {} : { servemux: v1.port('servemux'), chi: v1.port('chi') }),
      ...(v2 === null ? {} : { jsonv2: v2.port('jsonv2') }),
    },
    async stop() {
      await Promise.all([...servers.map(stop), fastify.close(), v1?.stop(), v2?.stop()]);
    },
  };
}

/** Creates a folder with one file, with the same modification time on every machine. */
function writeFiles(): string {
  const folder = join(BINARIES, 'corpus-files');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'one.txt'), 'one\n');
  for (const path of [join(folder, 'one.txt'), folder]) utimesSync(path, FILE_DATE, FILE_DATE);
  return folder;
}

export const FILE_DATE = new Date('2026-11-24T08:00:00Z');

async function startGo(
  name: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
  files: string,
): Promise<Child> {
  const binary = join(BINARIES, process.platform === 'win32' ? `${name}.exe` : name);
  mkdirSync(BINARIES, { recursive: true });
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

async function listenOn(server: Server): Promise<number> {
  await listen(server);
  return portOf(server);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
