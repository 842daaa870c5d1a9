/** All cores at work on pieces of the input; no more pieces are in memory than the threads need to stay busy. */
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { eachBounded } from '../../shared/index.ts';
import type { Task, TaskResult, WorkerSettings } from './tasks.ts';

/** Pieces per thread: one that it works on, and the next. */
const AHEAD = 2;

export class Pool {
  readonly #piscina: Piscina<Task, TaskResult>;
  readonly #signal: AbortSignal;
  readonly #limit: number;

  constructor(threads: number, settings: WorkerSettings, signal: AbortSignal) {
    // The entry stands beside this module, as source and as compiled module.
    const filename = new URL(`worker${extname(import.meta.url)}`, import.meta.url).href;
    this.#piscina = new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData: settings });
    this.#signal = signal;
    this.#limit = threads * AHEAD;
  }

  /** Gives each task to a thread; resolves when all are done. `take` gets the results in any order. */
  each(tasks: AsyncIterable<Task> | Iterable<Task>, take: (result: TaskResult) => Promise<void> | void): Promise<void> {
    return eachBounded(tasks, this.#limit, async (task) => take(await this.#run(task)));
  }

  close(): Promise<void> {
    return this.#piscina.destroy();
  }

  #run(task: Task): Promise<TaskResult> {
    return this.#piscina.run(task, { signal: this.#signal, transferList: buffersOf(task) });
  }
}

function buffersOf(task: Task): ArrayBuffer[] {
  return task.kind === 'join' ? [task.stable.rest.buffer, task.candidate.rest.buffer] : [task.data.buffer];
}
