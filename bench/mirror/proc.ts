/** What a process has used, from /proc (https://docs.kernel.org/scheduler/sched-stats.html, https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html). */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

const conf = (name: string) => Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
const PAGE_BYTES = conf('PAGESIZE');

/** Microseconds of processor time of all threads, as the scheduler counts it: ticks of a hundredth of a second would miss short turns. */
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

/** Nine steps down are a seventh of what others get, where all want the processor (https://man7.org/linux/man-pages/man7/sched.7.html). */
const A_SEVENTH = 9;

/**
 * Gives a process, which has a session of its own, the part of the processor that the recorder has in the mirror's task
 * (lib/mirror/mirror-containers.ts), beside what runs as this process does.
 */
export function asInTask(pid: number): void {
  for (const task of readdirSync(`/proc/${pid}/task`)) setPriority(Number(task), getPriority() + A_SEVENTH);
  // Where Linux shares the processor among sessions first, a task's own priority says nothing to those of other sessions.
  const session = `/proc/${pid}/autogroup`;
  if (existsSync(session)) writeFileSync(session, String(getPriority() + A_SEVENTH));
}

/** Of a process that has started one other. */
export function onlyChild(pid: number): number {
  return Number(
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)[0],
  );
}
