/** The two services of a rehearsal: the example gateways, or somebody's own by URL. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError } from '../../input/index.ts';
import { envoyBinary } from '../../mirror/local/index.ts';
import { ownModule } from '../machine/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

export interface MirrorChoice extends Choice {
  /** In addition to the environment of every mirror. */
  readonly env: Readonly<Record<string, string>>;
}

export type CandidateChoice = Choice;

interface Choice {
  readonly command: Command;
  /** Shown in the report, so that nobody mistakes a stand-in for the real service. */
  readonly label: string;
}

export const NODE_GATEWAY: Command = {
  command: process.execPath,
  args: [ownModule('examples', 'gateway-node', 'main')],
};
export const UPSTREAM: Command = { command: process.execPath, args: [ownModule('examples', 'upstream', 'server')] };
export const EMBEDDED_MIRROR: Command = { command: process.execPath, args: [ownModule('mirror', 'embedded', 'main')] };
const ENVOY_MIRROR: Command = { command: process.execPath, args: [ownModule('mirror', 'local', 'main')] };

/**
 * Envoy if this machine has it (`ENVOY`, or in PATH), as in a deployment; otherwise the embedded proxy, with a label
 * that says so.
 * @throws Error if ENVOY names something else
 */
export function chooseMirror(env: Readonly<Record<string, string | undefined>>): MirrorChoice {
  const envoy = envoyBinary(env);
  return envoy === null
    ? {
        command: EMBEDDED_MIRROR,
        env: {},
        label: 'the embedded proxy (a stand-in: no Envoy 1.39 or newer on this machine)',
      }
    : { command: ENVOY_MIRROR, env: { ENVOY: envoy }, label: `Envoy, as deployed (${envoy})` };
}

/** The published package contains no Go sources. */
const GO_SOURCES = join(ROOT, 'examples', 'gateway-go');

const execute = promisify(execFile);

/**
 * The Go gateway if a Go toolchain ≥ 1.22 builds it from its vendored sources; otherwise a Node stand-in, with a label
 * that says so.
 * @throws the signal's reason if it aborts
 */
export async function chooseCandidate(signal?: AbortSignal): Promise<CandidateChoice> {
  if (!existsSync(join(GO_SOURCES, 'go.mod')))
    return { command: NODE_GATEWAY, label: 'gateway-node (a stand-in: the Go gateway is in the repository alone)' };
  const version = await goVersion();
  if (version === null)
    return { command: NODE_GATEWAY, label: 'gateway-node (a stand-in: no Go 1.22 or newer on this machine)' };
  const binary = join(ROOT, '.crossfade', process.platform === 'win32' ? 'gateway-go.exe' : 'gateway-go');
  mkdirSync(join(ROOT, '.crossfade'), { recursive: true });
  const options = { cwd: GO_SOURCES, env: goEnvironment(), ...(signal === undefined ? {} : { signal }) };
  try {
    await execute('go', ['build', '-mod=vendor', '-o', binary, '.'], options);
  } catch (error) {
    // Ctrl-C also reaches the compiler, which may end before this process is notified.
    signal?.throwIfAborted();
    const [reason = ''] = asError(error).message.split('\n').slice(1);
    return {
      command: NODE_GATEWAY,
      label: `gateway-node (a stand-in: ${version} does not build the Go gateway: ${reason})`,
    };
  }
  return { command: { command: binary, args: [] }, label: `gateway-go (built with ${version})` };
}

/** Without the person's settings for building other programs, for other machines. */
function goEnvironment() {
  const own = Object.entries(process.env).filter(([name]) => name === 'GOCACHE' || !/^(GO|CGO_)/.test(name));
  return { ...Object.fromEntries(own), GOENV: 'off', GOTOOLCHAIN: 'local', GOWORK: 'off' };
}

async function goVersion(): Promise<string | null> {
  try {
    const text = (await execute('go', ['env', 'GOVERSION'], { env: goEnvironment() })).stdout.trim();
    const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(text) ?? [];
    return Number(major) > 1 || Number(minor) >= 22 ? text : null;
  } catch {
    return null;
  }
}
