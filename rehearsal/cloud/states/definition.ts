/**
 * A synthesised definition, and what the interpreter runs in its place. `aws-local-stepfunctions` runs the states; this
 * cloud adds what it lacks: waits and timeouts in simulated time, task tokens, and paths in timeouts.
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

/**
 * JSONPath definitions without Map and Parallel; anything that the interpreter would silently execute wrongly is
 * refused here.
 */
export const definitionSchema = z.looseObject({
  StartAt: z.string(),
  QueryLanguage: z.literal('JSONPath').optional(),
  TimeoutSeconds: seconds.optional(),
  States: z.record(z.string(), stateSchema),
});
export type Definition = z.infer<typeof definitionSchema>;

/** Limit in bytes for the JSON that a state passes on, and for the answer to a token. */
export const MAX_PAYLOAD = 262_144;

/**
 * Errors that neither Retry nor Catch matches, not even with `States.ALL`:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const UNCATCHABLE: ReadonlySet<string> = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** Placeholder for a token in the context object; each token task replaces it with its own. */
export const TOKEN_PLACEHOLDER = 'crossfade-local-task-token';

/** The interpreter ends a task after 60 real seconds by default, and its timer overflows at 24.8 days. */
const INTERPRETER_TIMEOUT_SECONDS = 2_000_000;

/** The interpreter overwrites `Execution.StartTime` with real time, so the definition reads this field instead. */
const START_TIME = { asked: '$$.Execution.StartTime', given: '$$.Local.StartTime' } as const;

/** A state's handler receives from the interpreter the state's own input and the values of its paths. */
export const callSchema = z.object({
  input: z.unknown(),
  seconds: seconds.optional(),
  timestamp: z.string().optional(),
  timeoutSeconds: seconds.optional(),
  heartbeatSeconds: seconds.optional(),
});
export type Call = z.infer<typeof callSchema>;

/** The definition for the interpreter. @param toReal converts simulated to real seconds */
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

/**
 * A wait becomes a task that returns its input, because the interpreter's own override of waits does not support paths.
 */
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
