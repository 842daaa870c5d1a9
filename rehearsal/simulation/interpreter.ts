/**
 * Step Functions in simulated time: the part of the Amazon States Language that the cutover's machine uses, and the API
 * that operators and handlers call. test/simulation compares it with the interpreter of the local cloud.
 * https://states-language.net/spec.html
 */
import * as z from 'zod';
import { MAX_PAYLOAD, UNCATCHABLE } from '../cloud/index.ts';
import type { AslState, MachineDefinition, TaskState } from './definition.ts';

/** A failed invocation: `name` is what Retry and Catch match. */
export class TaskFailure extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export type InterpretedStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  status: InterpretedStatus;
  endedAt: number | null;
  error: string | null;
  cause: string | null;
  /** The state that was entered last, with its input, at which a redrive continues. */
  at: { readonly state: string; readonly input: unknown };
  /** Incremented at each end and redrive, so that waits from before stop. */
  life: number;
}

export interface MachineHost {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** @throws TaskFailure */
  invoke(functionArn: string, event: unknown, execution: Execution): Promise<unknown>;
  onState(execution: Execution, state: string): void;
  onEnd(execution: Execution): void;
}

/** What a task of Lambda's integration asks for. */
const invocationSchema = z.looseObject({ FunctionName: z.string(), Payload: z.unknown() });

interface WaitingTask {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: TaskFailure) => void;
}

export class SimulatedMachine {
  readonly executions = new Map<string, Execution>();
  readonly #definition: MachineDefinition;
  readonly #prefix: string;
  readonly #host: MachineHost;
  readonly #tokens = new Map<string, WaitingTask>();
  #minted = 0;

  constructor(definition: MachineDefinition, prefix: string, host: MachineHost) {
    this.#definition = definition;
    this.#prefix = prefix;
    this.#host = host;
  }

  /** null if an execution with that name exists. */
  start(name: string, input: unknown): Execution | null {
    const arn = `${this.#prefix}:${name}`;
    if (this.executions.has(arn)) return null;
    const execution: Execution = {
      arn,
      name,
      input,
      startedAt: this.#host.now(),
      status: 'RUNNING',
      endedAt: null,
      error: null,
      cause: null,
      at: { state: this.#definition.StartAt, input },
      life: 0,
    };
    this.executions.set(arn, execution);
    void this.#run(execution, execution.life);
    return execution;
  }

  /** Whatever is in progress for it continues, as on AWS. */
  stop(arn: string, error: string, cause: string): void {
    const execution = this.executions.get(arn);
    if (execution?.status === 'RUNNING') this.#end(execution, 'ABORTED', error, cause);
  }

  /**
   * Continues at the state that did not succeed.
   * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  redrive(arn: string): boolean {
    const execution = this.executions.get(arn);
    if (execution === undefined || execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') return false;
    Object.assign(execution, { status: 'RUNNING', endedAt: null, error: null, cause: null });
    void this.#run(execution, execution.life);
    return true;
  }

  /** False for a token for which nothing waits any more. */
  succeed(token: string, output: unknown): boolean {
    const waiting = this.#tokens.get(token);
    waiting?.resolve(output);
    return waiting !== undefined;
  }

  fail(token: string, error: string, cause: string): boolean {
    const waiting = this.#tokens.get(token);
    waiting?.reject(new TaskFailure(error, cause));
    return waiting !== undefined;
  }

  #end(execution: Execution, status: InterpretedStatus, error: string | null, cause: string | null): void {
    Object.assign(execution, { status, error, cause, endedAt: this.#host.now(), life: execution.life + 1 });
    this.#host.onEnd(execution);
  }

  async #run(execution: Execution, life: number): Promise<void> {
    const gone = () => execution.life !== life;
    for (;;) {
      const { state: name, input } = execution.at;
      const state = this.#definition.States[name];
      if (state === undefined) throw new RangeError(`the machine has no state ${name}`);
      this.#host.onState(execution, name);
      const step = await this.#step(execution, state, input, gone);
      if (step === null || gone()) return;
      if ('status' in step) {
        this.#end(execution, step.status, step.error, step.cause);
        return;
      }
      execution.at = step;
    }
  }

  /** null if the execution was ended from outside meanwhile. */
  async #step(execution: Execution, state: AslState, input: unknown, gone: () => boolean): Promise<Step | null> {
    switch (state.Type) {
      case 'Succeed':
        return { status: 'SUCCEEDED', error: null, cause: null };
      case 'Fail': {
        const text = (path: string | undefined, given: string | undefined) =>
          path === undefined ? (given ?? null) : String(at(path, input, {}));
        return {
          status: 'FAILED',
          error: text(state.ErrorPath, state.Error),
          cause: text(state.CausePath, state.Cause),
        };
      }
      case 'Wait':
        await this.#host.sleep(Number(state.Seconds ?? at(state.SecondsPath ?? '', input, {})) * 1000);
        return { state: state.Next, input };
      case 'Choice': {
        const chosen = state.Choices.find((choice) => at(choice.Variable, input, {}) === choice.StringEquals);
        return { state: chosen?.Next ?? state.Default, input };
      }
      case 'Task':
        return this.#task(execution, state, input, gone);
    }
  }

  async #task(execution: Execution, state: TaskState, input: unknown, gone: () => boolean): Promise<Step | null> {
    const tries = state.Retry.map(() => 0);
    for (;;) {
      try {
        const result = await this.#attempt(execution, state, input);
        const output = put(input, state.ResultPath ?? '$', result);
        return { state: state.Next, input: state.OutputPath === undefined ? output : at(state.OutputPath, output, {}) };
      } catch (error) {
        if (gone()) return null;
        if (!(error instanceof TaskFailure)) throw error;
        if (UNCATCHABLE.has(error.name)) return { status: 'FAILED', error: error.name, cause: error.message };
        const wait = retryDelay(state.Retry, tries, error.name);
        if (wait === null) {
          const caught = state.Catch.find((c) => matches(c.ErrorEquals, error.name));
          if (caught === undefined) return { status: 'FAILED', error: error.name, cause: error.message };
          const problem = { Error: error.name, Cause: error.message };
          return { state: caught.Next, input: put(input, caught.ResultPath, problem) };
        }
        await this.#host.sleep(wait * 1000);
        if (gone()) return null;
      }
    }
  }

  async #attempt(execution: Execution, state: TaskState, input: unknown): Promise<unknown> {
    const { Resource, Parameters, TimeoutSecondsPath } = state;
    if (!Resource.includes(':states:::')) return withinPayload(await this.#host.invoke(Resource, input, execution));
    const token = Resource.endsWith('.waitForTaskToken') ? `task-token-${execution.arn}-${++this.#minted}` : '';
    const context = {
      Execution: { Id: execution.arn, Name: execution.name, StartTime: new Date(execution.startedAt).toISOString() },
      Task: { Token: token },
    };
    const { FunctionName, Payload } = invocationSchema.parse(fill(Parameters, input, context));
    if (token === '') return { Payload: withinPayload(await this.#host.invoke(FunctionName, Payload, execution)) };
    const seconds = TimeoutSecondsPath === undefined ? null : Number(at(TimeoutSecondsPath, input, {}));
    return this.#waitForToken(token, seconds, () => this.#host.invoke(FunctionName, Payload, execution));
  }

  /** Ends with the answer, whether or not the submitted function has returned. */
  async #waitForToken(token: string, seconds: number | null, submit: () => Promise<unknown>): Promise<unknown> {
    try {
      return await new Promise((resolve, reject) => {
        this.#tokens.set(token, { resolve, reject });
        submit().catch(reject);
        if (seconds !== null)
          void this.#host.sleep(seconds * 1000).then(() => reject(new TaskFailure('States.Timeout', '')));
      });
    } finally {
      this.#tokens.delete(token);
    }
  }
}

/** Returns the result unchanged. @throws TaskFailure if it is too large */
function withinPayload(result: unknown): unknown {
  const text = JSON.stringify(result ?? null);
  // A character has at most three bytes, so only long results have to be counted.
  if (text.length * 3 > MAX_PAYLOAD && Buffer.byteLength(text) > MAX_PAYLOAD)
    throw new TaskFailure('States.DataLimitExceeded', `The task returned more than ${MAX_PAYLOAD} bytes.`);
  return result;
}

type Step =
  | { readonly state: string; readonly input: unknown }
  | { readonly status: InterpretedStatus; readonly error: string | null; readonly cause: string | null };

function matches(names: readonly string[], error: string): boolean {
  return names.some(
    (name) => name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
  );
}

/**
 * Seconds until the next attempt, from the first retrier that matches; null if there is none left. Counts the attempt
 * in `tries`.
 */
function retryDelay(retriers: TaskState['Retry'], tries: number[], error: string): number | null {
  const index = retriers.findIndex((r) => matches(r.ErrorEquals, error));
  const [retrier, tried] = [retriers[index], tries[index]];
  if (retrier === undefined || tried === undefined || tried >= retrier.MaxAttempts) return null;
  tries[index] = tried + 1;
  return secondsBefore(retrier, tried);
}

/** Seconds between an attempt and the next one. @param tried number of earlier retries */
export function secondsBefore(retrier: TaskState['Retry'][number], tried: number): number {
  const { IntervalSeconds, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  return Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** tried);
}

/** The value of a reference path such as `$.next` or `$$.Task.Token`. */
function at(path: string, input: unknown, context: unknown): unknown {
  const [root, ...keys] = path.split('.');
  let value = root === '$$' ? context : input;
  for (const key of keys) value = isRecord(value) ? value[key] : undefined;
  if (value === undefined) throw new TaskFailure('States.Runtime', `${path} points at nothing`);
  return value;
}

/** `input` with `result` at a path of one step. */
function put(input: unknown, path: string, result: unknown): unknown {
  if (path === '$') return result;
  return { ...(isRecord(input) ? input : {}), [path.replace(/^\$\./, '')]: result };
}

/** Fills a payload template: keys that end in `.$` take the value of their path. */
function fill(template: unknown, input: unknown, context: unknown): unknown {
  if (!isRecord(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') ? [key.slice(0, -2), at(String(value), input, context)] : [key, fill(value, input, context)],
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
