/** The API of Step Functions, as far as handlers and the operator's commands use it. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';
import { MAX_PAYLOAD } from './definition.ts';
import type { LocalExecution } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import type { LocalMachine } from './step-functions.ts';

/** Limits of the API: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html */
const errorName = z.string().max(256);
const causeText = z.string().max(32_768);
const payload = z.string().refine((text) => Buffer.byteLength(text) <= MAX_PAYLOAD, `more than ${MAX_PAYLOAD} bytes`);

const arn = z.string().min(1).max(256);
const token = z.string().min(1).max(2_048);
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]+$/;
const startSchema = z.strictObject({
  stateMachineArn: arn,
  name: z
    .string()
    .min(1)
    .max(80)
    .default(() => randomUUID()),
  input: payload.default('{}'),
});
const machineSchema = z.strictObject({ stateMachineArn: arn });
const executionSchema = z.strictObject({ executionArn: arn });
const stopSchema = z.strictObject({ executionArn: arn, error: errorName.optional(), cause: causeText.optional() });
const listSchema = z.strictObject({
  stateMachineArn: arn,
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'PENDING_REDRIVE']).optional(),
  maxResults: z.int().min(0).max(1000).default(100),
  nextToken: z.string().min(1).max(3_096).optional(),
});
const historySchema = z.strictObject({
  executionArn: arn,
  maxResults: z.int().min(0).max(1000).default(1000),
  reverseOrder: z.boolean().default(false),
  nextToken: z.string().min(1).max(1_024).optional(),
});
const tokenSchema = z.strictObject({ taskToken: token });
const successSchema = z.strictObject({ taskToken: token, output: payload });
const failureSchema = z.strictObject({ taskToken: token, error: errorName.optional(), cause: causeText.default('') });

/** @param roleArn the machine's role */
export function statesOperations(
  machine: LocalMachine,
  now: () => number,
  roleArn = `arn:aws:iam::${machine.arn.split(':')[4]}:role/states`,
): JsonOperations {
  const createdAt = now();
  const find = (arn: string): LocalExecution => {
    if (!arn.startsWith('arn:')) throw new CloudError('InvalidArn', `Invalid Arn: '${arn}'`);
    const execution = machine.executions.get(arn);
    if (execution === undefined) throw new CloudError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  };
  /** The machine itself, its version or its alias. */
  const expectMachine = (arn: string) => {
    if (!arn.startsWith('arn:')) throw new CloudError('InvalidArn', `Invalid State Machine Arn: '${arn}'`);
    if (arn !== machine.arn && !arn.startsWith(`${machine.arn}:`))
      throw new CloudError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  };
  return {
    StartExecution: (request) => {
      const { stateMachineArn, name, input } = parse(startSchema, request);
      expectMachine(stateMachineArn);
      if (!NAME.test(name)) throw new CloudError('InvalidName', `Invalid Name: '${name}'`);
      const { arn, startedAt } = machine.start(name, parseInput(input));
      return { executionArn: arn, startDate: startedAt / 1000 };
    },
    DescribeStateMachine: (request) => {
      const { stateMachineArn } = parse(machineSchema, request);
      expectMachine(stateMachineArn);
      const [name] = machine.arn.split(':').slice(6);
      return {
        stateMachineArn,
        name,
        type: 'STANDARD',
        status: 'ACTIVE',
        roleArn,
        creationDate: createdAt / 1000,
        definition: JSON.stringify(machine.definition),
      };
    },
    DescribeExecution: (request) => describe(find(parse(executionSchema, request).executionArn), machine.arn),
    ListExecutions: (request) => {
      const { stateMachineArn, statusFilter, maxResults, nextToken } = parse(listSchema, request);
      expectMachine(stateMachineArn);
      const found = [...machine.executions.values()].filter((e) => (statusFilter ?? e.status) === e.status).reverse();
      const { page, next } = pageOf(found, nextToken, maxResults || 100);
      return { executions: page.map((e) => summary(e, machine.arn)), nextToken: next };
    },
    StopExecution: (request) => {
      const { executionArn, error, cause } = parse(stopSchema, request);
      const execution = find(executionArn);
      machine.abort(execution, error ?? null, cause ?? null);
      return { stopDate: (execution.stoppedAt ?? now()) / 1000 };
    },
    GetExecutionHistory: (request) => {
      const { executionArn, maxResults, nextToken, reverseOrder } = parse(historySchema, request);
      const { events } = find(executionArn).history;
      const { page, next } = pageOf(reverseOrder ? events.toReversed() : events, nextToken, maxResults || 1000);
      return {
        events: page.map((event) => ({
          id: event.id,
          timestamp: event.at / 1000,
          type: event.type,
          previousEventId: event.id - 1,
          ...details(event),
        })),
        nextToken: next,
      };
    },
    SendTaskSuccess: (request) => {
      const { taskToken, output } = parse(successSchema, request);
      machine.tokens.succeed(taskToken, output);
      return {};
    },
    SendTaskFailure: (request) => {
      const { taskToken, error = 'States.TaskFailed', cause } = parse(failureSchema, request);
      machine.tokens.fail(taskToken, error, cause);
      return {};
    },
    SendTaskHeartbeat: (request) => {
      machine.tokens.heartbeat(parse(tokenSchema, request).taskToken);
      return {};
    },
  };
}

/** @throws CloudError for a token of no page */
function pageOf<T>(found: readonly T[], token: string | undefined, size: number) {
  const from = Number(token ?? 0);
  if (token !== undefined && !(from > 0 && from < found.length))
    throw new CloudError('InvalidToken', "Invalid Token: 'Invalid token'");
  const to = from + size;
  return { page: found.slice(from, to), next: to < found.length ? String(to) : undefined };
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CloudError('InvalidExecutionInput', "Invalid State Machine Execution Input: 'it is not JSON'");
  }
}

function summary(execution: LocalExecution, stateMachineArn: string) {
  const { arn, name, status, startedAt, stoppedAt } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startedAt / 1000,
    stopDate: stoppedAt === null ? undefined : stoppedAt / 1000,
  };
}

function describe(execution: LocalExecution, stateMachineArn: string) {
  const { status, input, output, error, cause } = execution;
  return {
    ...summary(execution, stateMachineArn),
    input: JSON.stringify(input),
    output: status === 'SUCCEEDED' ? JSON.stringify(output) : undefined,
    error: error ?? undefined,
    cause: cause ?? undefined,
  };
}

function details({ type, state: name, input }: HistoryEvent): Record<string, unknown> {
  if (name === null) return {};
  if (type.endsWith('StateEntered')) return { stateEnteredEventDetails: { name, input: JSON.stringify(input) } };
  return type.endsWith('StateExited') ? { stateExitedEventDetails: { name } } : {};
}
