/**
 * Step Functions: the synthesised definition, interpreted by `aws-local-stepfunctions`. Waits and retry intervals run in
 * virtual time; task tokens and their time-outs, which the interpreter leaves to its caller, are done here.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import type { VirtualClock } from '../world.ts';
import { FunctionError } from './lambda.ts';
import { CloudError, type JsonOperations, parse } from './protocol.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';

export interface LocalExecution {
  readonly arn: string;
  readonly name: string;
  readonly startedAt: number;
  status: ExecutionStatus;
  error: string | null;
  cause: string | null;
  output: unknown;
}

export interface MachineOptions {
  readonly arn: string;
  /** Asked for when an execution starts: it names functions that are made after the machine. */
  readonly definition: () => Definition;
  readonly clock: VirtualClock;
  /** Invokes a function by its (possibly qualified) ARN. */
  readonly invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  readonly onState: (execution: LocalExecution, state: string, input: unknown) => void;
  readonly onEnd: (execution: LocalExecution) => void;
}

const retrySchema = z.looseObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  BackoffRate: z.number().default(2),
  MaxDelaySeconds: z.number().optional(),
});
const stateSchema = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  Seconds: z.number().optional(),
  SecondsPath: z.string().optional(),
  TimeoutSecondsPath: z.string().optional(),
  Retry: z.array(retrySchema).optional(),
});
export const definitionSchema = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });
export type Definition = z.infer<typeof definitionSchema>;

/** Longest time-out that the interpreter's timer can hold; without one it would end every task after a minute. */
const NO_TIMEOUT_SECONDS = 2_000_000;

const WAIT_AS_TASK = {
  Type: 'Task',
  Resource: 'arn:aws:lambda:local:000000000000:function:wait',
  ResultPath: null,
  TimeoutSeconds: NO_TIMEOUT_SECONDS,
};

/** The execution was stopped: whatever runs for it ends here, past every Retry and Catch. */
class StoppedError extends Error {
  override readonly name = 'States.Stopped';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** Stands in the context object where a token will be; each token task replaces it with its own. */
const TOKEN_PLACEHOLDER = 'crossfade-local-task-token';

interface TokenWait {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class LocalMachine {
  readonly executions = new Map<string, LocalExecution>();
  readonly #options: MachineOptions;
  readonly #tokens = new Map<string, TokenWait>();
  readonly #stops = new Map<string, AbortController>();

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  start(name: string, input: unknown): LocalExecution {
    const { arn: machineArn, clock, onEnd } = this.#options;
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    if (this.executions.has(arn)) throw new CloudError('ExecutionAlreadyExists', `Execution ${name} exists`);
    const execution: LocalExecution = {
      arn,
      name,
      startedAt: clock.now(),
      status: 'RUNNING',
      error: null,
      cause: null,
      output: null,
    };
    this.executions.set(arn, execution);
    const context = {
      Execution: { Id: arn, Name: name, StartTime: new Date(execution.startedAt).toISOString(), Input: input },
      Task: { Token: TOKEN_PLACEHOLDER },
    };
    const definition = this.#options.definition();
    const stopped = new AbortController();
    this.#stops.set(arn, stopped);
    const machine = new StateMachine(this.#interpretable(definition), { validationOptions: { noValidate: true } });
    const run = machine.run(JSON.parse(JSON.stringify(input)), {
      overrides: this.#overrides(execution, definition, stopped.signal),
      context: JSON.parse(JSON.stringify(context)),
      noThrowOnAbort: true,
    });
    stopped.signal.addEventListener('abort', run.abort, { once: true });
    const end = (status: ExecutionStatus, error: string | null, cause: string | null, output: unknown) => {
      if (execution.status !== 'RUNNING') return;
      Object.assign(execution, { status, error, cause, output });
      onEnd(execution);
    };
    run.result.then(
      (output) => end('SUCCEEDED', null, null, output),
      (thrown: unknown) => {
        const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
        end(
          'FAILED',
          cause instanceof Error ? cause.name : 'Error',
          cause instanceof Error ? cause.message : String(cause),
          null,
        );
      },
    );
    return execution;
  }

  /** Ends every execution without a word, as the end of the process would. */
  stop(): void {
    for (const [arn, stop] of this.#stops) {
      const execution = this.#find(arn);
      if (execution.status === 'RUNNING') execution.status = 'ABORTED';
      stop.abort();
    }
  }

  readonly operations: JsonOperations = {
    DescribeExecution: (input) => {
      const { executionArn } = parse(z.object({ executionArn: z.string() }), input);
      const execution = this.#find(executionArn);
      return {
        executionArn,
        name: execution.name,
        status: execution.status,
        startDate: execution.startedAt / 1000,
        error: execution.error ?? undefined,
        cause: execution.cause ?? undefined,
      };
    },
    StopExecution: (input) => {
      const { executionArn, error, cause } = parse(
        z.object({ executionArn: z.string(), error: z.string().optional(), cause: z.string().optional() }),
        input,
      );
      const execution = this.#find(executionArn);
      if (execution.status === 'RUNNING') {
        Object.assign(execution, { status: 'ABORTED', error: error ?? null, cause: cause ?? null });
        this.#stops.get(executionArn)?.abort();
        this.#options.onEnd(execution);
      }
      return { stopDate: this.#options.clock.now() / 1000 };
    },
    StartExecution: (input) => {
      const { name, input: text } = parse(
        z.object({ name: z.string().default(() => randomUUID()), input: z.string().default('{}') }),
        input,
      );
      const { arn, startedAt } = this.start(name, JSON.parse(text));
      return { executionArn: arn, startDate: startedAt / 1000 };
    },
    SendTaskSuccess: (input) => {
      const { taskToken, output } = parse(z.object({ taskToken: z.string(), output: z.string() }), input);
      this.#token(taskToken).resolve(JSON.parse(output));
      return {};
    },
    SendTaskFailure: (input) => {
      const { taskToken, error, cause } = parse(
        z.object({
          taskToken: z.string(),
          error: z.string().default('States.TaskFailed'),
          cause: z.string().default(''),
        }),
        input,
      );
      this.#token(taskToken).reject(new FunctionError(error, cause));
      return {};
    },
  };

  #find(arn: string): LocalExecution {
    const execution = this.executions.get(arn);
    if (execution === undefined) throw new CloudError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  #token(token: string): TokenWait {
    const waiting = this.#tokens.get(token);
    if (waiting === undefined)
      throw new CloudError('TaskTimedOut', 'Task Timed Out: the token is unknown or was answered');
    this.#tokens.delete(token);
    return waiting;
  }

  /** Waits become tasks whose handler waits in virtual time: the interpreter's own override knows no paths. */
  #interpretable(definition: Definition): ConstructorParameters<typeof StateMachine>[0] {
    const States = Object.fromEntries(
      Object.entries(definition.States).map(([name, state]) => {
        const { TimeoutSecondsPath: _virtual, Seconds: _s, SecondsPath: _p, ...rest } = state;
        return [
          name,
          state.Type === 'Wait'
            ? { ...rest, ...WAIT_AS_TASK }
            : state.Type === 'Task'
              ? { TimeoutSeconds: NO_TIMEOUT_SECONDS, ...rest }
              : rest,
        ];
      }),
    );
    return JSON.parse(JSON.stringify({ StartAt: definition.StartAt, States }));
  }

  #overrides(execution: LocalExecution, definition: Definition, stopped: AbortSignal) {
    const taskResourceLocalHandlers: Record<string, (input: unknown) => Promise<JsonValue>> = {};
    const retryIntervalOverrides: Record<string, number[]> = {};
    const stop = rejectedBy(stopped);
    stop.catch(() => {});
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type === 'Task' || state.Type === 'Wait') {
        taskResourceLocalHandlers[name] = async (input) => {
          if (stopped.aborted) throw new StoppedError();
          this.#options.onState(execution, name, input);
          const work = state.Type === 'Wait' ? this.#wait(state, input, stopped) : this.#task(state, input);
          const output = await Promise.race([work, stop]);
          return JSON.parse(JSON.stringify(output ?? null));
        };
      }
      if (state.Retry !== undefined)
        retryIntervalOverrides[name] = state.Retry.map((r) => this.#options.clock.toRealMs(r.IntervalSeconds * 1000));
    }
    return { taskResourceLocalHandlers, retryIntervalOverrides };
  }

  async #wait(state: z.infer<typeof stateSchema>, input: unknown, signal: AbortSignal): Promise<unknown> {
    const seconds = state.Seconds ?? secondsAt(state.SecondsPath, input);
    await delay(this.#options.clock.toRealMs(seconds * 1000), undefined, { signal });
    return input;
  }

  #task(state: z.infer<typeof stateSchema>, input: unknown): Promise<unknown> {
    const { Resource = '' } = state;
    if (!Resource.includes(':states:::lambda:invoke')) return this.#options.invoke(Resource, input);
    const { FunctionName, Payload } = z.object({ FunctionName: z.string(), Payload: z.unknown() }).parse(input);
    if (!Resource.endsWith('.waitForTaskToken'))
      return this.#options.invoke(FunctionName, Payload).then((result) => ({ Payload: result }));
    return this.#withToken(state, FunctionName, Payload);
  }

  async #withToken(state: z.infer<typeof stateSchema>, functionName: string, payload: unknown): Promise<unknown> {
    const token = randomUUID();
    const answered = new Promise<unknown>((resolve, reject) => this.#tokens.set(token, { resolve, reject }));
    const event: unknown = JSON.parse(JSON.stringify(payload).replaceAll(TOKEN_PLACEHOLDER, token));
    const timer = new AbortController();
    try {
      await this.#options.invoke(functionName, event);
      if (state.TimeoutSecondsPath === undefined) return await answered;
      const seconds = secondsAt(state.TimeoutSecondsPath, z.object({ state: z.unknown() }).parse(payload).state);
      const expired = delay(Math.min(this.#options.clock.toRealMs(seconds * 1000), 2 ** 31 - 1), undefined, {
        signal: timer.signal,
        ref: false,
      }).then(() => {
        throw new FunctionError('States.Timeout', 'The sign-off expired');
      });
      return await Promise.race([answered, expired]);
    } finally {
      this.#tokens.delete(token);
      timer.abort();
      answered.catch(() => {});
    }
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new StoppedError()), { once: true });
  });
}

type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** The number at a path such as `$.waitSeconds`. */
function secondsAt(path: string | undefined, input: unknown): number {
  const key = /^\$\.(\w+)$/.exec(path ?? '')?.[1];
  if (key === undefined) throw new FunctionError('States.Runtime', `a path such as $.name was expected, not ${path}`);
  return z
    .looseObject({ [key]: z.number() })
    .transform((o) => Number(o[key]))
    .parse(input);
}
