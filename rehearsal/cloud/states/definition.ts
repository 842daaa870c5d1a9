/**
 * A synthesised definition, and what the interpreter is given in its place. `aws-local-stepfunctions` runs the states;
 * this cloud does what it cannot: waits and time-outs in virtual time, task tokens, and paths in time-outs.
 */
import * as z from 'zod';

const seconds = z.number().nonnegative();
const retrySchema = z.looseObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().default(1),
  MaxAttempts: z.number().default(3),
  MaxDelaySeconds: z.number().optional(),
});

const stateSchema = z.looseObject({
  Type: z.enum(['Task', 'Wait', 'Choice', 'Pass', 'Succeed', 'Fail']),
  Resource: z.string().optional(),
  Parameters: z.unknown().optional(),
  Seconds: seconds.optional(),
  SecondsPath: z.string().optional(),
  Timestamp: z.iso.datetime({ offset: true }).optional(),
  TimestampPath: z.string().optional(),
  TimeoutSeconds: seconds.optional(),
  TimeoutSecondsPath: z.string().optional(),
  HeartbeatSeconds: seconds.optional(),
  HeartbeatSecondsPath: z.string().optional(),
  Retry: z.array(retrySchema).optional(),
});
export type State = z.infer<typeof stateSchema>;

/** JSONPath definitions without Map and Parallel: what the interpreter gets wrong in silence is refused here. */
export const definitionSchema = z.looseObject({
  StartAt: z.string(),
  QueryLanguage: z.literal('JSONPath').optional(),
  TimeoutSeconds: seconds.optional(),
  States: z.record(z.string(), stateSchema),
});
export type Definition = z.infer<typeof definitionSchema>;

/** Bytes of JSON that a state may hand on, and that a token is answered with. */
export const MAX_PAYLOAD = 262_144;

/** Errors that no Retry and no Catch takes, `States.ALL` neither: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export const UNCATCHABLE: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Stands in the context object where a token will be; each token task replaces it with its own. */
export const TOKEN_PLACEHOLDER = 'crossfade-local-task-token';

/** The interpreter ends a task after 60 real seconds unless told otherwise, and its timer overflows at 24.8 days. */
const INTERPRETER_TIMEOUT_SECONDS = 2_000_000;

/** The interpreter overwrites `Execution.StartTime` with real time; the definition reads this one instead. */
const START_TIME = { asked: '$$.Execution.StartTime', given: '$$.Local.StartTime' } as const;

/** What a state's handler gets from the interpreter: the state's own input beside what its paths point at. */
export const callSchema = z.object({
  input: z.unknown(),
  seconds: seconds.optional(),
  timestamp: z.string().optional(),
  timeoutSeconds: seconds.optional(),
  heartbeatSeconds: seconds.optional(),
});
export type Call = z.infer<typeof callSchema>;

/** As the interpreter is to run it; `toReal` turns virtual into real seconds. */
export function interpretable(definition: Definition, toReal: (seconds: number) => number): Definition {
  const States = Object.fromEntries(
    Object.entries(definition.States).map(([name, state]) => [name, rewrite(state, toReal)]),
  );
  const text = JSON.stringify({ StartAt: definition.StartAt, States });
  return JSON.parse(text.replaceAll(START_TIME.asked, () => START_TIME.given));
}

/** The context object of an execution that started at `startedAt` (ISO-8601). */
export function contextOf(execution: { arn: string; name: string; startedAt: string; machineArn: string }) {
  const { arn, name, startedAt, machineArn } = execution;
  return {
    Execution: { Id: arn, Name: name },
    Local: { StartTime: startedAt },
    StateMachine: { Id: machineArn, Name: machineArn.split(':')[6] ?? machineArn },
    Task: { Token: TOKEN_PLACEHOLDER },
  };
}

/** A wait becomes a task that returns its input: the interpreter's own override of waits knows no paths. */
function rewrite(state: State, toReal: (seconds: number) => number): State {
  if (state.Type === 'Wait') {
    const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
    const Parameters = {
      'input.$': '$',
      ...field('seconds', Seconds, SecondsPath),
      ...field('timestamp', Timestamp, TimestampPath),
    };
    return {
      ...rest,
      Type: 'Task',
      Resource: 'wait',
      Parameters,
      ResultPath: null,
      TimeoutSeconds: INTERPRETER_TIMEOUT_SECONDS,
    };
  }
  if (state.Type !== 'Task') return state;
  const { Parameters, TimeoutSeconds, TimeoutSecondsPath, HeartbeatSeconds, HeartbeatSecondsPath, Retry, ...rest } =
    state;
  return {
    ...rest,
    Parameters: {
      ...(Parameters === undefined ? { 'input.$': '$' } : { input: Parameters }),
      ...field('timeoutSeconds', TimeoutSeconds, TimeoutSecondsPath),
      ...field('heartbeatSeconds', HeartbeatSeconds, HeartbeatSecondsPath),
    },
    TimeoutSeconds: INTERPRETER_TIMEOUT_SECONDS,
    ...(Retry === undefined ? {} : { Retry: Retry.map((r) => inReal(r, toReal)) }),
  };
}

function inReal(retry: z.infer<typeof retrySchema>, toReal: (seconds: number) => number) {
  const { MaxDelaySeconds, ...rest } = retry;
  return {
    ...rest,
    IntervalSeconds: toReal(retry.IntervalSeconds),
    ...(MaxDelaySeconds === undefined ? {} : { MaxDelaySeconds: toReal(MaxDelaySeconds) }),
  };
}

function field(name: string, value: unknown, path: string | undefined): Record<string, unknown> {
  if (path !== undefined) return { [`${name}.$`]: path };
  return value === undefined ? {} : { [name]: value };
}
