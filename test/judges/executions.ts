/**
 * Plays executions over any Step Functions API, and reports them in a form in which two interpreters can be compared.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Definition } from '../../rehearsal/cloud/states/definition.ts';
import { type Call, functionOf, type Outside, type ScriptedFunctions } from './scripted-functions.ts';

/**
 * Outcome of an execution. `cause` is null for an error of Step Functions itself: each interpreter words it
 * differently.
 */
export interface Told {
  readonly status: string | undefined;
  readonly error: string | undefined;
  readonly cause: unknown;
  readonly output: unknown;
  /** The history: the type of each event, with the state that it enters or leaves. */
  readonly events: readonly string[];
  /** The calls of the tasks to their functions, in order. */
  readonly calls: readonly Call[];
}

/** Limit on the retries that are played: a campaign retries for hours. */
const MOST_ATTEMPTS = 11;

/** Error and cause that a person gives who stops an execution. */
const STOP = { error: 'Person.Stopped', cause: 'as the script says' };

/**
 * Returns the definition as it is played: each state calls a function of its own name, through which the scripts
 * answer, waits and retry intervals take one second, and retries are limited.
 */
export function playable(definition: Definition): Definition {
  const States = Object.entries(definition.States).map(([name, state]) => {
    if (state.Type === 'Wait' && state.Seconds !== undefined) return [name, { ...state, Seconds: 1 }];
    if (state.Type !== 'Task') return [name, state];
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${functionOf(name)}`;
    const Retry = state.Retry?.map((retry) => ({
      ...retry,
      IntervalSeconds: 1,
      BackoffRate: 1,
      MaxAttempts: Math.min(retry.MaxAttempts, MOST_ATTEMPTS),
    }));
    const task = { ...state, ...(Retry === undefined ? {} : { Retry }) };
    if (!state.Resource?.includes(':states:::')) return [name, { ...task, Resource: arn }];
    return [name, { ...task, Parameters: { ...Object(state.Parameters), FunctionName: arn } }];
  });
  return { ...definition, States: Object.fromEntries(States) };
}

/**
 * Acts on executions over the API.
 * @param stateMachineArn the machine itself (not its alias), to which the executions belong
 */
export function outsideBy(client: SFNClient, stateMachineArn: string): Outside {
  const execution = (script: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${script}`;
  return {
    stop: async (script) =>
      void (await client.send(new StopExecutionCommand({ executionArn: execution(script), ...STOP }))),
    waits: async (script) => {
      const newest = (await historyOf(client, execution(script))).at(-1);
      return newest?.type === 'WaitStateEntered' || newest?.type === 'TaskSubmitted';
    },
    succeed: async (taskToken, output) =>
      void (await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }))),
    fail: async (taskToken, error) =>
      void (await client.send(new SendTaskFailureCommand({ taskToken, error, cause: '' }))),
  };
}

/** Plays all scripts at once and reports the outcome of each. An execution that does not end is reported as running. */
export async function play(
  client: SFNClient,
  stateMachineArn: string,
  functions: ScriptedFunctions,
): Promise<Map<string, Told>> {
  const started: { script: string; executionArn: string }[] = [];
  for (const script of functions.scripts) {
    const request = { stateMachineArn, name: script, input: JSON.stringify({ script }) };
    const { executionArn = '' } = await client.send(new StartExecutionCommand(request));
    started.push({ script, executionArn });
  }
  const told = new Map<string, Told>();
  const patience = { looks: 200 };
  for (const { script, executionArn } of started) {
    const ended = await untilItEnds(client, executionArn, patience);
    const events = (await historyOf(client, executionArn)).map(
      ({ type, stateEnteredEventDetails, stateExitedEventDetails }) =>
        [type, stateEnteredEventDetails?.name ?? stateExitedEventDetails?.name].filter(Boolean).join(' '),
    );
    told.set(script, {
      status: ended.status,
      error: ended.error,
      cause: ended.error?.startsWith('States.') ? null : comparable(readable(ended.cause)),
      output: readable(ended.output),
      events,
      calls: functions.callsOf(script).map(({ state, payload }) => ({ state, payload: comparable(payload) })),
    });
  }
  return told;
}

async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 }))
    events.push(...(page.events ?? []));
  return events;
}

/** `patience` is shared by all executions, which start together. */
async function untilItEnds(
  client: SFNClient,
  executionArn: string,
  patience: { looks: number },
): Promise<DescribeExecutionCommandOutput> {
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING' || patience.looks-- <= 0) return execution;
    await delay(500);
  }
}

/** Evens out what differs between interpreters: the start time, the token, and what a service adds to its message. */
function comparable(payload: unknown): unknown {
  const text = JSON.stringify(payload).replaceAll(/ \(Service: AWSLambda;[^)]*\)/g, '');
  const same: unknown = JSON.parse(text);
  const { data } = payloadSchema.safeParse(same);
  return data === undefined ? same : { ...data, startedAt: typeof data.startedAt, token: typeof data.token };
}

const payloadSchema = z.looseObject({
  startedAt: z.iso.datetime().optional(),
  token: z.string().min(1).optional(),
});

/** Parses a text that is JSON, since interpreters write it with different white space. */
function readable(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return text;
  }
}
