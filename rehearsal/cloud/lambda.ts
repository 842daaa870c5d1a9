/** Lambda: each function of the templates in a worker thread, with the environment and the bundle that would be deployed. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { ClockAnchor } from '../clock.ts';

export interface FunctionSpec {
  readonly name: string;
  /** Folder of the code asset; its handler is `index.handler`. */
  readonly codeDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** A failed invocation, named as Lambda names it: `name` is the error type that ASL matches. */
export class FunctionError extends Error {
  constructor(errorType: string, errorMessage: string) {
    super(errorMessage);
    this.name = errorType;
  }
}

const answerSchema = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ id: z.number(), result: z.string() }),
  z.object({
    id: z.number(),
    error: z
      .object({ errorType: z.string().optional(), errorMessage: z.string() })
      .transform((e) => ({ name: e.errorType ?? 'Error', message: e.errorMessage })),
  }),
]);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface FunctionOptions {
  readonly clock: ClockAnchor;
  /** Environment of every function: region, endpoints, credentials of the local cloud. */
  readonly environment: Readonly<Record<string, string>>;
  /** Lines that the function prints. */
  readonly onLine: (name: string, line: string) => void;
}

export class LocalFunction {
  readonly spec: FunctionSpec;
  readonly #options: FunctionOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #sequence = 0;
  #stopped = false;

  constructor(spec: FunctionSpec, options: FunctionOptions) {
    this.spec = spec;
    this.#options = options;
  }

  /** Synchronous invocation. @throws FunctionError with the handler's error name, or `Lambda.Unknown` when it died or timed out. */
  invoke(event: unknown): Promise<unknown> {
    if (this.#stopped) return Promise.reject(new FunctionError('Lambda.Unknown', `${this.spec.name} has been stopped`));
    const id = ++this.#sequence;
    const worker = this.#start();
    return new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(
          new FunctionError('Lambda.Unknown', `${this.spec.name} timed out after ${this.spec.timeoutSeconds} s`),
        );
      }, this.spec.timeoutSeconds * 1000);
      const done =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      this.#waiting.set(id, { resolve: done(resolve), reject: done(reject) });
      worker.postMessage({ id, event });
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(join(import.meta.dirname, 'lambda-worker.ts'), {
      env: { ...this.#options.environment, ...this.spec.environment },
      workerData: { bundle: join(this.spec.codeDir, 'index.mjs'), clock: this.#options.clock },
      stdout: true,
      stderr: true,
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#options.onLine(this.spec.name, line));
    }
    worker.on('message', (message: unknown) => this.#receive(message));
    worker.on('error', (error: Error) => this.#die(error));
    this.#worker = worker;
    return worker;
  }

  #receive(message: unknown): void {
    const answer = answerSchema.parse(message);
    if ('ready' in answer) return;
    const waiting = this.#settle(answer.id);
    if ('result' in answer) waiting?.resolve(JSON.parse(answer.result));
    else waiting?.reject(new FunctionError(answer.error.name, answer.error.message));
  }

  /** The next invocation starts a new worker, as Lambda would. */
  #die(error: Error): void {
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()])
      this.#settle(id)?.reject(new FunctionError('Lambda.Unknown', error.message));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
