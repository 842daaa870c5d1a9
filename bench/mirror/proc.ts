/**
 * The resources that a process has used, from /proc (https://docs.kernel.org/scheduler/sched-stats.html,
 * https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

const conf = (name: string) => Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
const PAGE_BYTES = conf('PAGESIZE');

/**
 * Microseconds of processor time of all threads, from the scheduler's own count: ticks of a hundredth of a second would
 * miss short turns.
 */
export function cpuMicros(pid: number): number {
  const nanos = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]),
  );
  return nanos.reduce((sum, each) => sum + each, 0) / 1_000;
}

/** Resident memory, MB. */
export function residentMb(pid: number): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20;
}

/**
 * A niceness of 9 gives a seventh of what others get while all want the processor
 * (https://man7.org/linux/man-pages/man7/sched.7.html).
 */
const A_SEVENTH = 9;

/**
 * Gives a process, which has its own session, the share of the processor that the recorder has in the mirror's task
 * (lib/mirror/mirror-containers.ts), relative to processes that run like this one.
 */
export function asInTask(pid: number): void {
  for (const task of readdirSync(`/proc/${pid}/task`)) setPriority(Number(task), getPriority() + A_SEVENTH);
  // If Linux divides the processor among sessions first, a task's own priority has no effect on tasks of other
  // sessions.
  const session = `/proc/${pid}/autogroup`;
  if (existsSync(session)) writeFileSync(session, String(getPriority() + A_SEVENTH));
}

/** The child of a process that has started exactly one. */
export function onlyChild(pid: number): number {
  return Number(
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)[0],
  );
}
