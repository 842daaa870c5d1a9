/**
 * Step Functions: executions of the synthesised definition, interpreted by `aws-local-stepfunctions`, with waits and
 * retries in simulated time. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import type { VirtualClock } from '../../clock/index.ts';
import { FunctionError } from '../lambda/index.ts';
import { CloudError } from '../wire/index.ts';
import {
  type Call,
  callSchema,
  contextOf,
  type Definition,
  interpretable,
  MAX_PAYLOAD,
  type State,
  TOKEN_PLACEHOLDER,
  UNCATCHABLE,
} from './definition.ts';
import type { ExecutionStatus, LocalExecution } from './execution.ts';
import { History, MAX_HISTORY_EVENTS } from './history.ts';
import { TaskTokens } from './task-tokens.ts';

export interface MachineOptions {
  readonly arn: string;
  /** Called when an execution starts, because it names functions that are created after the machine. */
  readonly definition: () => Definition;
  readonly clock: VirtualClock;
  /** Invokes a function by its (possibly qualified) ARN. */
  readonly invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  /** Called when a Task or Wait state is entered. `input` is the state's input, before Parameters. */
  readonly onState: (execution: LocalExecution, state: string, input: unknown) => void;
  readonly onEnd: (execution: LocalExecution) => void;
  /** @default nothing */
  readonly onStart?: (execution: LocalExecution) => void;
}

export class LocalMachine {
  readonly executions = new Map<string, LocalExecution>();
  readonly arn: string;
  readonly tokens: TaskTokens;
  readonly #options: MachineOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: MachineOptions) {
    this.#options = options;
    this.arn = options.arn;
    this.tokens = new TaskTokens(options.clock);
  }

  /** As new executions would run it. */
  get definition(): Definition {
    return this.#options.definition();
  }

  /**
   * The same name with the same input is the same execution while it runs.
   * @throws CloudError ExecutionAlreadyExists
   */
  start(name: string, input: unknown): LocalExecution {
    const { clock, onStart } = this.#options;
    const arn = `${this.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = this.executions.get(arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && JSON.stringify(existing.input) === JSON.stringify(input)) return existing;
      throw new CloudError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { definition } = this;
    const execution: LocalExecution = {
      arn,
      name,
      input,
      startedAt: clock.now(),
      history: new History(() => clock.now()),
      status: 'RUNNING',
      stoppedAt: null,
      error: null,
      cause: null,
      output: null,
    };
    this.executions.set(arn, execution);
    execution.history.add('ExecutionStarted');
    onStart?.(execution);
    void this.#run(execution, definition);
    return execution;
  }

  /** Ends a running execution from outside. As on AWS, a handler in progress is not stopped. */
  abort(execution: LocalExecution, error: string | null, cause: string | null): void {
    this.#end(execution, { status: 'ABORTED', error, cause });
  }

  /** Ends every execution silently, because the cloud is being stopped. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  async #run(execution: LocalExecution, definition: Definition): Promise<void> {
    const { clock } = this.#options;
    const controller = new AbortController();
    this.#running.set(execution.arn, controller);
    const interpreted = interpretable(definition, (s) => clock.toRealMs(s * 1000) / 1000);
    const machine = new StateMachine(json(interpreted), { validationOptions: { noValidate: true } });
    const run = machine.run(json(execution.input), {
      overrides: { taskResourceLocalHandlers: this.#handlers(execution, definition, controller.signal) },
      context: json(
        contextOf({ ...execution, startedAt: new Date(execution.startedAt).toISOString(), machineArn: this.arn }),
      ),
    });
    controller.signal.addEventListener('abort', run.abort, { once: true });
    const stopTimeout = this.#timeout(execution, definition);
    void this.#follow(execution, definition, run.eventLogs);
    try {
      const output = await run.result;
      await drained();
      this.#end(execution, { status: 'SUCCEEDED', output });
    } catch (thrown) {
      await drained();
      const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
      const failed =
        cause instanceof Error
          ? { error: cause.name, cause: cause.message }
          : { error: 'States.Runtime', cause: String(cause) };
      this.#end(execution, { status: 'FAILED', ...failed });
    } finally {
      stopTimeout();
    }
  }

  /** @returns what cancels it */
  #timeout(execution: LocalExecution, { TimeoutSeconds }: Definition): () => void {
    if (TimeoutSeconds === undefined) return () => {};
    const end = () => this.#end(execution, { status: 'TIMED_OUT', error: 'States.Timeout' });
    return this.#options.clock.after(TimeoutSeconds * 1000, end);
  }

  #end(execution: LocalExecution, ending: Partial<LocalExecution>): void {
    const controller = this.#running.get(execution.arn);
    if (execution.status !== 'RUNNING' || controller === undefined) return;
    this.#running.delete(execution.arn);
    Object.assign(execution, ending, { stoppedAt: this.#options.clock.now() });
    execution.history.close(EXECUTION_EVENTS[execution.status]);
    controller.abort();
    this.#options.onEnd(execution);
  }

  /** The interpreter's log shows which states were entered and left, including those without a handler. */
  async #follow(
    execution: LocalExecution,
    definition: Definition,
    log: AsyncIterable<{ type: string; state?: { name: string; type: string; input: unknown } }>,
  ) {
    for await (const { type, state } of log) {
      if (execution.status !== 'RUNNING') return;
      if (state === undefined || (type !== 'StateEntered' && type !== 'StateExited')) continue;
      const original = definition.States[state.name]?.Type ?? 'Task';
      execution.history.add(`${original}${type}`, state.name, type === 'StateEntered' ? state.input : undefined);
      const waits = original === 'Task' || original === 'Wait';
      if (type === 'StateEntered' && waits) this.#options.onState(execution, state.name, state.input);
      if (execution.history.events.length >= MAX_HISTORY_EVENTS)
        this.#end(execution, {
          status: 'FAILED',
          error: 'States.Runtime',
          cause: 'The execution reached the maximum number of history events (25000).',
        });
    }
  }

  #handlers(
    execution: LocalExecution,
    definition: Definition,
    signal: AbortSignal,
  ): Record<string, (input: unknown) => Promise<JsonValue>> {
    const handlers: Record<string, (input: unknown) => Promise<JsonValue>> = {};
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type !== 'Task' && state.Type !== 'Wait') continue;
      handlers[name] = async (given) => {
        await drained();
        // After an abort, the interpreter would still retry the task in progress.
        signal.throwIfAborted();
        try {
          return json((await this.#perform(execution, name, state, callOf(given), signal)) ?? null);
        } catch (error) {
          if (error instanceof FunctionError && UNCATCHABLE.has(error.name))
            this.#end(execution, { status: 'FAILED', error: error.name, cause: error.message });
          throw error;
        }
      };
    }
    return handlers;
  }

  async #perform(
    execution: LocalExecution,
    name: string,
    state: State,
    call: Call,
    signal: AbortSignal,
  ): Promise<unknown> {
    if (state.Type === 'Wait') {
      await this.#options.clock.sleep(this.#waitMs(call), signal);
      return call.input;
    }
    const { Resource = '' } = state;
    const { invoke } = this.#options;
    if (!Resource.includes(':states:::'))
      return execution.history.task(name, 'LambdaFunction', async () =>
        withinLimit(await invoke(Resource, call.input)),
      );
    if (!/:states:::lambda:invoke(\.waitForTaskToken)?$/.test(Resource))
      throw new FunctionError('States.Runtime', `resource not known here: ${Resource}`);
    const { FunctionName, Payload } = invokeSchema.parse(call.input);
    if (!Resource.endsWith('.waitForTaskToken'))
      return execution.history.task(name, 'Task', async () => ({
        Payload: withinLimit(await invoke(FunctionName, Payload)),
        StatusCode: 200,
      }));
    return execution.history.task(name, 'Task', async () =>
      withinLimit(await this.#withToken(execution, name, call, signal)),
    );
  }

  #withToken(execution: LocalExecution, name: string, call: Call, signal: AbortSignal): Promise<unknown> {
    const { FunctionName, Payload } = invokeSchema.parse(call.input);
    return this.tokens.wait(
      call,
      async (token) => {
        const event: unknown = JSON.parse(JSON.stringify(Payload).replaceAll(TOKEN_PLACEHOLDER, token));
        await this.#options.invoke(FunctionName, event);
        execution.history.add('TaskSubmitted', name);
      },
      signal,
    );
  }

  #waitMs({ seconds, timestamp }: Call): number {
    return timestamp === undefined ? (seconds ?? 0) * 1000 : Date.parse(timestamp) - this.#options.clock.now();
  }
}

/** @throws FunctionError if a path leads to an invalid time */
function callOf(given: unknown): Call {
  const { data, error } = callSchema.safeParse(given);
  if (data === undefined) throw new FunctionError('States.Runtime', z.prettifyError(error));
  return data;
}

/** @throws FunctionError */
function withinLimit(result: unknown): unknown {
  if (Buffer.byteLength(JSON.stringify(result ?? null)) > MAX_PAYLOAD)
    throw new FunctionError('States.DataLimitExceeded', `The task returned more than ${MAX_PAYLOAD} bytes.`);
  return result;
}

const invokeSchema = z.object({ FunctionName: z.string(), Payload: z.unknown() });

const EXECUTION_EVENTS: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'ExecutionStarted',
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
};

type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A plain copy, because the interpreter's types and ours for the same JSON differ. */
function json(value: unknown) {
  return JSON.parse(JSON.stringify(value));
}

/** Resolves when the interpreter's log has been read up to here; it is an asynchronous queue of a few microtasks. */
function drained(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
