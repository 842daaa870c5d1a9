/**
 * The report's name belongs to one rehearsal at a time: a second one would overwrite its report, and the file by which
 * other commands steer it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf, UsageError } from '../shared/index.ts';

/** @param base the report's path without its extension @returns releases it @throws UsageError */
export function claimReport(base: string): () => void {
  const claim = `${base}-running.pid`;
  try {
    writeFileSync(claim, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const pid = Number(readFileSync(claim, 'utf8'));
    if (isAnother(pid))
      throw new UsageError(
        `--report: another rehearsal (process ${pid}) writes ${base}*. Nothing was started; name another file, or wait for its end`,
      );
    writeFileSync(claim, String(process.pid));
  }
  return () => rmSync(claim, { force: true });
}

/** A rehearsal that was killed leaves its claim behind; in a container the next process may have its number. */
function isAnother(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
