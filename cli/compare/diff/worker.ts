/** A thread of the pool. */
import { workerData } from 'piscina';
import { comparer } from './comparer.ts';
import { joinPartition } from './join-task.ts';
import { partitionLegs } from './legs-task.ts';
import { comparePairs } from './pairs-task.ts';
import type { Task, TaskResult, WorkerSettings } from './tasks.ts';

const settings: WorkerSettings = workerData;
const { rules, at, noise } = settings;
const compare = comparer(rules, at, noise.kind === 'let-off' ? noise.model : undefined);

export default function work(task: Task): TaskResult {
  switch (task.kind) {
    case 'pairs':
      return comparePairs(task, compare, noise.kind === 'learn');
    case 'legs':
      return partitionLegs(task, settings.partitions);
    case 'join':
      return joinPartition(task, settings.routes, compare);
  }
}
