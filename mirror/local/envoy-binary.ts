import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** The minor version that is deployed. Older versions reject some of the mirror's settings. */
const OLDEST = 39;

/**
 * Finds Envoy on this machine: `ENVOY` names it, otherwise PATH is searched, where other programs may have the same
 * name. Null if no Envoy accepts the mirror's settings.
 * @throws Error if ENVOY names something else
 */
export function envoyBinary({ ENVOY, PATH = '' }: Readonly<Record<string, string | undefined>>): string | null {
  if (ENVOY !== undefined && ENVOY !== '') {
    const problem = problemOf(ENVOY);
    if (problem !== null) throw new Error(`ENVOY: ${ENVOY} ${problem}`);
    return ENVOY;
  }
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'envoy')).find((path) => problemOf(path) === null) ?? null;
}

function problemOf(path: string): string | null {
  const { stdout, error } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error !== undefined && 'code' in error && error.code !== 'ETIMEDOUT') return 'is not an executable program';
  const [, major, minor] = /\bversion: [0-9a-f]+\/(\d+)\.(\d+)\./.exec(stdout ?? '') ?? [];
  if (major === undefined) return 'is not Envoy: --version does not say so';
  const fits = Number(major) > 1 || Number(minor) >= OLDEST;
  return fits ? null : `is Envoy ${major}.${minor}; the mirror needs 1.${OLDEST} or newer`;
}
