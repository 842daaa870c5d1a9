/**
 * Distributes pieces of the input over all cores. Only as many pieces are in memory as the threads need to stay busy.
 */
import { extname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { LIMITS } from '../../../../capture/index.ts';
import { eachBounded } from '../../../shared/index.ts';
import { type Input, unfoldedBytes } from '../../inputs/index.ts';
import { LOG_SIDES, type Task, type TaskResult, type WorkerSettings } from './tasks.ts';
import { type Work, workOf } from './work.ts';

/** Pieces per thread: the present one and the next. */
const AHEAD = 2;

export class Pool {
  readonly #signal: AbortSignal;
  readonly #limit: number;
  /** null if this thread does the work itself. */
  readonly #piscina: Piscina<Task, TaskResult> | null;
  readonly #work: Work;

  constructor(threads: number, settings: WorkerSettings, signal: AbortSignal) {
    this.#signal = signal;
    this.#limit = threads * AHEAD;
    this.#piscina = threads === 1 ? null : startThreads(threads, settings);
    this.#work = workOf(settings);
  }

  /** Gives each task to a thread, and resolves when all are done. `take` receives the results in any order. */
  each(tasks: AsyncIterable<Task> | Iterable<Task>, take: (result: TaskResult) => Promise<void> | void): Promise<void> {
    return eachBounded(tasks, this.#limit, async (task) => take(await this.#run(task)));
  }

  async close(): Promise<void> {
    await this.#piscina?.destroy();
  }

  async #run(task: Task): Promise<TaskResult> {
    if (this.#piscina !== null) return this.#piscina.run(task, { signal: this.#signal, transferList: buffersOf(task) });
    // An interruption is noticed between two pieces.
    await turn();
    this.#signal.throwIfAborted();
    return this.#work(task);
  }
}

/** How many threads the inputs keep busy, because starting a thread takes longer than comparing one piece. */
export function usefulThreads(inputs: readonly Input[], atMost: number): number {
  const bytes = unfoldedBytes(inputs);
  return bytes === null ? atMost : Math.min(atMost, Math.max(1, Math.ceil(bytes / LIMITS.piece)));
}

function startThreads(threads: number, settings: WorkerSettings): Piscina<Task, TaskResult> {
  // The entry is next to this module, as source or as compiled module.
  const filename = new URL(`worker${extname(import.meta.url)}`, import.meta.url).href;
  return new Piscina({ filename, minThreads: threads, maxThreads: threads, workerData: settings });
}

function buffersOf(task: Task): ArrayBuffer[] {
  return task.kind === 'join' ? LOG_SIDES.map((side) => task[side].rest.buffer) : [task.data.buffer];
}
