/**
 * Lambda: each function of the templates in a worker thread, with the environment and the bundle that would be
 * deployed.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { asError } from '../../../input/index.ts';
import type { ClockSource } from '../../clock/index.ts';
import { compileCache, ownModule } from '../../machine/index.ts';

export interface FunctionSpec {
  readonly name: string;
  /** Folder of the code asset; its handler is `handler` of `index.mjs`. */
  readonly codeDir: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Real seconds, because work in a handler is not accelerated. */
  readonly timeoutSeconds: number;
  readonly roleArn?: string;
  /** The access key with which the function signs its calls. @default the account's */
  readonly accessKeyId?: string;
}

/** Lambda's report of an invocation that failed in the function. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[] | undefined;
}

/** A failed invocation. `name` is the error that ASL's Retry and Catch match, `message` the cause that they pass on. */
export class FunctionError extends Error {
  readonly failure: FunctionFailure;
  constructor(name: string, message: string, failure: FunctionFailure = { errorType: name, errorMessage: message }) {
    super(message);
    this.name = name;
    this.failure = failure;
  }
}

const messageSchema = z.union([
  z.object({ loaded: z.literal(true) }),
  z.object({ id: z.number(), result: z.string() }),
  z.object({
    id: z.number(),
    error: z.object({ errorType: z.string(), errorMessage: z.string(), trace: z.array(z.string()) }),
  }),
]);

interface Waiting {
  /** By `performance.now()`. */
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface FunctionOptions {
  readonly clock: ClockSource;
  /** Environment of every function: region, endpoints, credentials of the local cloud. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives the lines that the function prints. */
  readonly onLine: (name: string, line: string) => void;
}

/**
 * Step Functions' names for the end of a function's process during an invocation.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const ENDINGS = { timedOut: 'Sandbox.Timedout', exited: 'Runtime.ExitError', lost: 'Lambda.Unknown' } as const;

/** Concurrent invocations share one worker, unlike in Lambda; a crash or a timeout ends it and all of them. */
export class LocalFunction {
  readonly spec: FunctionSpec;
  readonly #options: FunctionOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  /** Resolves when the present worker is loaded, or failed to load. */
  #loaded = Promise.resolve();
  #sequence = 0;
  #stopped = false;

  constructor(spec: FunctionSpec, options: FunctionOptions) {
    this.spec = spec;
    this.#options = options;
  }

  /** Synchronous invocation. @throws FunctionError with the handler's error name, or one of {@link ENDINGS} */
  async invoke(event: unknown): Promise<unknown> {
    if (this.#stopped) throw new FunctionError('Lambda.ServiceException', 'the local cloud has been stopped');
    const id = ++this.#sequence;
    const { name, timeoutSeconds } = this.spec;
    const worker = this.#start();
    const timer = setTimeout(
      () => this.#die(worker, ENDINGS.timedOut, `Task timed out after ${timeoutSeconds}.00 seconds`),
      timeoutSeconds * 1000,
    );
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { since: performance.now(), resolve, reject });
        const context = { functionName: name, awsRequestId: randomUUID(), timeoutMs: timeoutSeconds * 1000 };
        worker.postMessage({ id, event, context });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Real milliseconds that the longest of its present invocations has lasted; 0 if there is none. */
  get longestMs(): number {
    const [first] = this.#waiting.values();
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /**
   * Loads the function before its first invocation, like provisioned concurrency. A failure to load is reported when it
   * is invoked.
   */
  warm(): Promise<void> {
    if (!this.#stopped) this.#start();
    return this.#loaded;
  }

  /** Kills the function immediately, like the loss of its host. */
  async crash(): Promise<void> {
    const worker = this.#worker;
    if (worker !== undefined) await this.#die(worker, ENDINGS.lost, 'the execution environment was lost');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.crash();
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const { name, codeDir, environment, accessKeyId } = this.spec;
    const credentials = accessKeyId === undefined ? {} : { AWS_ACCESS_KEY_ID: accessKeyId };
    const worker = new Worker(ownModule('rehearsal', 'cloud', 'lambda', 'lambda-worker'), {
      env: {
        ...compileCache(),
        ...this.#options.environment,
        ...credentials,
        AWS_LAMBDA_FUNCTION_NAME: name,
        ...environment,
      },
      workerData: { bundle: join(codeDir, 'index.mjs'), clock: this.#options.clock },
      stdout: true,
      stderr: true,
    });
    for (const stream of [worker.stdout, worker.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#options.onLine(name, line));
    worker.on('message', (message: unknown) => this.#receive(message));
    this.#loaded = new Promise((loaded) => {
      worker.once('message', () => loaded());
      worker.once('exit', () => loaded());
    });
    worker.on('error', (error: unknown) => void this.#die(worker, ENDINGS.exited, asError(error).message));
    worker.on('exit', () => void this.#die(worker, ENDINGS.exited, 'Runtime exited'));
    this.#worker = worker;
    return worker;
  }

  #receive(message: unknown): void {
    const answer = messageSchema.parse(message);
    if ('loaded' in answer) return;
    const waiting = this.#waiting.get(answer.id);
    if ('result' in answer) waiting?.resolve(JSON.parse(answer.result));
    else waiting?.reject(new FunctionError(answer.error.errorType, JSON.stringify(answer.error), answer.error));
  }

  /** Fails all running invocations; the next one starts a new worker, as in Lambda. */
  async #die(worker: Worker, name: string, reason: string): Promise<void> {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const message = `RequestId: local Error: ${reason}`;
    for (const { reject } of this.#waiting.values()) reject(new FunctionError(name, message));
    await worker.terminate();
  }
}
