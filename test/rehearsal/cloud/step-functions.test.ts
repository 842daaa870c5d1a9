import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ScaledClock } from '../../../rehearsal/clock/clock.ts';
import { FunctionError } from '../../../rehearsal/cloud/lambda/lambda.ts';
import { definitionSchema } from '../../../rehearsal/cloud/states/definition.ts';
import type { LocalExecution } from '../../../rehearsal/cloud/states/execution.ts';
import { statesOperations } from '../../../rehearsal/cloud/states/states-operations.ts';
import { LocalMachine } from '../../../rehearsal/cloud/states/step-functions.ts';
import { type Served, serve, until } from './support.ts';

const ARN = 'arn:aws:states:local-1:000000000000:stateMachine:m';
const FN = 'arn:aws:lambda:local-1:000000000000:function:f:1';
const HOUR = 3_600_000;

type Invoke = (arn: string, event: unknown) => Promise<unknown>;
let machine: LocalMachine;
let served: Served | undefined;
let client: SFNClient | undefined;
let states: { state: string; input: unknown }[];

function start(
  States: Record<string, object>,
  options: { speed?: number; invoke?: Invoke; input?: unknown; TimeoutSeconds?: number } = {},
): Promise<LocalExecution> {
  const { speed = 36_000, invoke = async (_arn, event) => event, input = {}, TimeoutSeconds } = options;
  const clock = new ScaledClock({ anchor: Date.now(), speed });
  const [StartAt = ''] = Object.keys(States);
  const definition = definitionSchema.parse({ StartAt, States, TimeoutSeconds });
  states = [];
  return new Promise((onEnd) => {
    machine = new LocalMachine({
      arn: ARN,
      definition: () => definition,
      clock,
      invoke,
      onState: (_execution, state, stateInput) => states.push({ state, input: stateInput }),
      onEnd,
    });
    machine.start('run', input);
  });
}

async function connect(): Promise<SFNClient> {
  served = await serve({
    json: { AWSStepFunctions: { service: 'states', operations: statesOperations(machine, Date.now) } },
  });
  client = new SFNClient(served.client);
  return client;
}

afterEach(async () => {
  machine.stop();
  client?.destroy();
  await served?.stop();
  [client, served] = [undefined, undefined];
});

const tokenTask = (rest: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: FN, Payload: { 'state.$': '$', 'token.$': '$$.Task.Token' } },
  ...rest,
});
const payloadSchema = z.object({ token: z.string() });

/** Remembers the token of the task, as a person's inbox would. */
function inbox() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const invoke: Invoke = async (_arn, event) => resolve(payloadSchema.parse(event).token);
  return { token: promise, invoke };
}

describe('an execution', () => {
  it('waits in virtual time, by the value at a path', async () => {
    const run = await start(
      { Wait: { Type: 'Wait', SecondsPath: '$.waitSeconds', End: true } },
      { input: { waitSeconds: 3_600, kept: 1 } },
    );
    const lasted = (run.stoppedAt ?? 0) - run.startedAt;
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { waitSeconds: 3_600, kept: 1 } });
    expect(lasted).toBeGreaterThanOrEqual(0.95 * HOUR);
    expect(states).toEqual([{ state: 'Wait', input: { waitSeconds: 3_600, kept: 1 } }]);
  });

  it('hands the state through: parameters, context in virtual time, output path', async () => {
    const run = await start({
      Preflight: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: {
          FunctionName: FN,
          Payload: { 'input.$': '$', 'id.$': '$$.Execution.Id', 'at.$': '$$.Execution.StartTime' },
        },
        OutputPath: '$.Payload',
        Next: 'Direct',
      },
      Direct: { Type: 'Task', Resource: FN, End: true },
    });
    expect(run.output).toEqual({
      input: {},
      id: `${ARN.replace('stateMachine', 'execution')}:run`,
      at: new Date(run.startedAt).toISOString(),
    });
  });

  it('retries in virtual time with backoff, and then catches', async () => {
    const at: number[] = [];
    const run = await start(
      {
        Task: {
          Type: 'Task',
          Resource: FN,
          Retry: [{ ErrorEquals: ['Crossfade.Transient'], IntervalSeconds: 600, BackoffRate: 2, MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
      {
        input: { kept: 1 },
        invoke: async () => {
          at.push(performance.now());
          throw new FunctionError('Crossfade.Transient', 'again');
        },
      },
    );
    expect(run.output).toEqual({ kept: 1, error: { Error: 'Crossfade.Transient', Cause: 'again' } });
    const [first = 0, second = 0, third = 0] = at;
    expect(at).toHaveLength(3);
    // 600 virtual seconds are 16.7 real milliseconds here, and the second interval is twice the first.
    expect(second - first).toBeGreaterThan(15);
    expect(third - second).toBeGreaterThan(31);
    expect(states.map((s) => s.state)).toEqual(['Task']);
  });

  it('fails by the name and the cause that a Fail state reads', async () => {
    const run = await start(
      { No: { Type: 'Fail', ErrorPath: '$.error', CausePath: '$.cause' } },
      { input: { error: 'Crossfade.Refused', cause: 'not now' } },
    );
    expect(run).toMatchObject({ status: 'FAILED', error: 'Crossfade.Refused', cause: 'not now' });
  });

  it('times out in virtual time', async () => {
    const run = await start({ Wait: { Type: 'Wait', Seconds: 86_400, End: true } }, { TimeoutSeconds: 3_600 });
    expect(run).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  describe('fails at once, whatever it retries and catches,', () => {
    const stubborn = {
      Type: 'Task',
      Resource: FN,
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      End: true,
    };
    const Caught = { Type: 'Pass', End: true };
    const lastOf = (run: LocalExecution) => run.history.events.map((e) => e.type).slice(-2);

    it('when a task answers more than 256 KiB', async () => {
      const run = await start({ Task: stubborn, Caught }, { invoke: async () => 'x'.repeat(262_144) });
      expect(run).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
      expect(lastOf(run)).toEqual(['LambdaFunctionFailed', 'ExecutionFailed']);
    });

    it.each([[{ waitSeconds: 'soon' }], [{}]])('when a time is read from %j', async (input) => {
      const ask = {
        ...tokenTask({}),
        ...stubborn,
        Resource: tokenTask({}).Resource,
        TimeoutSecondsPath: '$.waitSeconds',
      };
      expect(await start({ Ask: ask, Caught }, { input })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
      const wait = { Type: 'Wait', SecondsPath: '$.waitSeconds', End: true };
      expect(await start({ Wait: wait }, { input })).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    });
  });
});

describe('a definition', () => {
  it.each([
    ['a Map state', { Type: 'Map' }, {}],
    ['JSONata', { Type: 'Pass', End: true }, { QueryLanguage: 'JSONata' }],
  ])('with %s is refused', (_name, state, rest) => {
    expect(definitionSchema.safeParse({ StartAt: 'A', States: { A: state }, ...rest }).success).toBe(false);
  });
});

describe('a task that waits for its token', () => {
  const States = { Ask: tokenTask({ ResultPath: '$.approval', TimeoutSecondsPath: '$.waitSeconds', End: true }) };
  const input = { waitSeconds: 86_400 };

  it('ends with what the API is told', async () => {
    const { token, invoke } = inbox();
    const ended = start(States, { input, invoke });
    const states = await connect();
    const answer = { taskToken: await token, output: '{"approvedBy":"sre"}' };
    const large = { ...answer, output: JSON.stringify('x'.repeat(262_144)) };
    await expect(states.send(new SendTaskSuccessCommand(large))).rejects.toMatchObject({ name: 'ValidationException' });
    await states.send(new SendTaskSuccessCommand(answer));
    expect((await ended).output).toEqual({ waitSeconds: 86_400, approval: { approvedBy: 'sre' } });
    await expect(states.send(new SendTaskSuccessCommand(answer))).rejects.toMatchObject({ name: 'TaskTimedOut' });
    const unknown = { ...answer, taskToken: 'nobody’s' };
    await expect(states.send(new SendTaskSuccessCommand(unknown))).rejects.toMatchObject({ name: 'InvalidToken' });
  });

  it('fails by the name that the API is told', async () => {
    const { token, invoke } = inbox();
    const ended = start(States, { input, invoke });
    const states = await connect();
    const taskToken = await token;
    await states.send(new SendTaskFailureCommand({ taskToken, error: 'Crossfade.SignoffRefused', cause: 'no' }));
    expect(await ended).toMatchObject({ status: 'FAILED', error: 'Crossfade.SignoffRefused', cause: 'no' });
  });

  it('expires in virtual time, by the value at a path', async () => {
    const run = await start(States, { input: { waitSeconds: 600 }, invoke: inbox().invoke });
    expect(run).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(run.history.events.map((e) => e.type)).toContain('TaskTimedOut');
  });

  it('fails with what could not be asked', async () => {
    const run = await start(States, {
      input,
      invoke: async () => {
        throw new FunctionError('Lambda.Unknown', 'gone');
      },
    });
    expect(run).toMatchObject({ status: 'FAILED', error: 'Lambda.Unknown' });
  });
});

describe('StopExecution', () => {
  it('ends a run at once: what is in flight is neither retried nor caught', async () => {
    let calls = 0;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const ended = start(
      {
        Task: {
          Type: 'Task',
          Resource: FN,
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rollback' }],
          End: true,
        },
        Rollback: { Type: 'Task', Resource: FN, End: true },
      },
      {
        invoke: async () => {
          calls += 1;
          await released;
          throw new FunctionError('Crossfade.Fenced', 'too late');
        },
      },
    );
    await until('the task runs', () => calls === 1);
    const states = await connect();
    const { executionArn = '' } =
      (await states.send(new ListExecutionsCommand({ stateMachineArn: ARN }))).executions?.[0] ?? {};
    const stop = new StopExecutionCommand({ executionArn, error: 'Crossfade.RolledBack', cause: 'alarm' });
    await states.send(stop);
    await states.send(stop);
    expect(await ended).toMatchObject({ status: 'ABORTED', error: 'Crossfade.RolledBack', cause: 'alarm' });
    release();
    // A retry or a catch would follow in this turn of the event loop or the next, because the interpreter does not
    // sleep once aborted.
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
    expect(calls).toBe(1);
    expect(machine.executions.get(executionArn)?.history.events.at(-1)?.type).toBe('ExecutionAborted');
  });
});

describe('the API', () => {
  const begin = async () => {
    const { token, invoke } = inbox();
    const ended = start({ Ask: tokenTask({ End: true }) }, { input: { n: 1 }, invoke });
    return { ended, token, states: await connect() };
  };

  it('starts by machine, version or alias; a name stands for one execution', async () => {
    const { states } = await begin();
    const go = (stateMachineArn: string, name: string, input: string) =>
      states.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    const again = await go(`${ARN}:live`, 'run', '{"n":1}');
    expect(again.executionArn).toMatch(/:execution:m:run$/);
    expect(machine.executions.size).toBe(1);
    await expect(go(ARN, 'run', '{"n":2}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await expect(go(`${ARN}x`, 'other', '{}')).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
    await expect(go(ARN, 'other', '{')).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await go(`${ARN}:1`, 'other', '{}');
    expect(machine.executions.size).toBe(2);
  });

  it('takes no more of an input, of an error’s name and of its cause than Step Functions does', async () => {
    const { states, token, ended } = await begin();
    const executionArn = `${ARN.replace('stateMachine', 'execution')}:run`;
    const refused = { name: 'ValidationException' };
    const wide = JSON.stringify('ä'.repeat(131_072));
    const go = new StartExecutionCommand({ stateMachineArn: ARN, name: 'wide', input: wide });
    await expect(states.send(go)).rejects.toMatchObject(refused);
    const taskToken = await token;
    for (const [error, cause] of [
      ['e'.repeat(257), 'c'],
      ['e', 'c'.repeat(32_769)],
    ]) {
      await expect(states.send(new StopExecutionCommand({ executionArn, error, cause }))).rejects.toMatchObject(
        refused,
      );
      await expect(states.send(new SendTaskFailureCommand({ taskToken, error, cause }))).rejects.toMatchObject(refused);
    }
    await states.send(new StopExecutionCommand({ executionArn, error: 'e'.repeat(256), cause: 'c'.repeat(32_768) }));
    expect(await ended).toMatchObject({ status: 'ABORTED' });
  });

  it('describes a run, and lists by status', async () => {
    const { states, token, ended } = await begin();
    const executionArn = `${ARN.replace('stateMachine', 'execution')}:run`;
    const describeIt = () => states.send(new DescribeExecutionCommand({ executionArn }));
    expect(await describeIt()).toMatchObject({ status: 'RUNNING', input: '{"n":1}', name: 'run' });
    await states.send(new SendTaskSuccessCommand({ taskToken: await token, output: '{"ok":true}' }));
    await ended;
    expect(await describeIt()).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"ok":true}',
      stopDate: expect.any(Date),
    });
    const running = await states.send(new ListExecutionsCommand({ stateMachineArn: ARN, statusFilter: 'RUNNING' }));
    expect(running.executions).toEqual([]);
    await expect(states.send(new DescribeExecutionCommand({ executionArn: `${executionArn}x` }))).rejects.toMatchObject(
      { name: 'ExecutionDoesNotExist' },
    );
  });

  it('tells the history in the events that Step Functions writes', async () => {
    const run = await start({
      Wait: { Type: 'Wait', Seconds: 0, Next: 'Task' },
      Task: { Type: 'Task', Resource: FN, Next: 'Verdict' },
      Verdict: { Type: 'Choice', Choices: [{ Variable: '$.n', IsPresent: true, Next: 'Done' }], Default: 'Done' },
      Done: { Type: 'Succeed' },
    });
    const types = [
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ];
    expect(run.history.events.map((e) => e.type)).toEqual(types);
    const states = await connect();
    const page = (nextToken?: string) =>
      states.send(new GetExecutionHistoryCommand({ executionArn: run.arn, maxResults: 10, nextToken }));
    const first = await page();
    const second = await page(first.nextToken);
    expect([...(first.events ?? []), ...(second.events ?? [])].map((e) => e.type)).toEqual(types);
    expect(first.events?.[1]).toMatchObject({ id: 2, previousEventId: 1, stateEnteredEventDetails: { name: 'Wait' } });
    expect(second.nextToken).toBeUndefined();
    const last = await states.send(
      new GetExecutionHistoryCommand({ executionArn: run.arn, maxResults: 3, reverseOrder: true }),
    );
    expect(last.events?.map((e) => e.type)).toEqual(types.slice(-3).reverse());
    expect(first.events?.[1]?.stateEnteredEventDetails?.input).toBe('{}');
  });

  it('counts a token task’s events as Step Functions does', async () => {
    const { states, token, ended } = await begin();
    await states.send(new SendTaskSuccessCommand({ taskToken: await token, output: '1' }));
    const run = await ended;
    expect(run.history.events.map((e) => e.type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });
});
