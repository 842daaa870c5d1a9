/** The programs that the benchmark needs on the system. */
import { spawnSync } from 'node:child_process';

/** Program → Debian package that contains it. */
const NEEDED = { nginx: 'nginx-light', wrk: 'wrk' } as const;

/** What to install before the benchmark can run; null if everything is present. */
export function missingTools(): string | null {
  if (process.platform !== 'linux') return 'bench mirror: Linux is needed, processor time is read from /proc';
  const missing = Object.entries(NEEDED).filter(([tool]) => spawnSync(tool, ['-v']).error !== undefined);
  if (missing.length === 0) return null;
  const tools = missing.map(([tool]) => tool).join(' and ');
  const packages = missing.map(([, debian]) => debian).join(' ');
  return `bench mirror: ${tools} not found. On Debian: apt-get install ${packages}`;
}
