/** Executes one task, in any thread. */
import { comparer } from '../../outcome/index.ts';
import { compareCaptures } from './captures-task.ts';
import { joinPartition } from './join-task.ts';
import { partitionLegs } from './legs-task.ts';
import type { Task, TaskResult, WorkerSettings } from './tasks.ts';

const NONE: ReadonlySet<number> = new Set();

export type Work = (task: Task) => TaskResult;

export function workOf({ routes, pairBy, partitions, decisions, noise, repeated }: WorkerSettings): Work {
  const compare = comparer(decisions, noise.kind === 'suppress' ? noise.model : undefined);
  const leftOut = repeated && new Map([...repeated].map(([source, lines]) => [source, new Set(lines)]));
  return (task) => {
    switch (task.kind) {
      case 'captures':
        return compareCaptures(task, compare, noise.kind === 'learn', leftOut && (leftOut.get(task.source) ?? NONE));
      case 'legs':
        return partitionLegs(task, partitions);
      case 'join':
        return joinPartition(task, { routes, pairBy }, compare, noise.kind === 'learn');
    }
  };
}
