/** What the benchmark needs of the system. */
import { spawnSync } from 'node:child_process';

/** Program → Debian package that brings it. */
const NEEDED = { nginx: 'nginx-light', wrk: 'wrk' } as const;

/** @throws Error that names every package to install. */
export function checkTools(): void {
  if (process.platform !== 'linux') throw new Error('bench tap: Linux is needed, processor time is read from /proc');
  const missing = Object.entries(NEEDED).filter(([tool]) => spawnSync(tool, ['-v']).error !== undefined);
  if (missing.length === 0) return;
  const tools = missing.map(([tool]) => tool).join(' and ');
  const packages = missing.map(([, debian]) => debian).join(' ');
  throw new Error(`bench tap: ${tools} not found. On Debian: apt-get install ${packages}`);
}
