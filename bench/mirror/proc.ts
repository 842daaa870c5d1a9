/** What a process has used, from /proc (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const conf = (name: string) => Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
const TICKS_PER_S = conf('CLK_TCK');
const PAGE_BYTES = conf('PAGESIZE');

/** Microseconds of user and system time, all threads. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_S) * 1e6;
}

/** Resident memory, MB. */
export function residentMb(pid: number): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20;
}

/** Of a process that has started one other. */
export function onlyChild(pid: number): number {
  return Number(
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)[0],
  );
}
