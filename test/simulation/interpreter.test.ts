import { describe, expect, it } from 'vitest';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { FunctionError } from '../../rehearsal/cloud/lambda/lambda.ts';
import type { LocalExecution } from '../../rehearsal/cloud/states/execution.ts';
import { LocalMachine } from '../../rehearsal/cloud/states/step-functions.ts';
import type { AslState, MachineDefinition } from '../../rehearsal/simulation/definition.ts';
import { SimulatedMachine, TaskFailure } from '../../rehearsal/simulation/interpreter.ts';

const FN = 'arn:aws:lambda:local-1:000000000000:function:f';
const CAUGHT = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }];

/** Returns a machine with one task, which catches every error that can be caught. */
function taskWith(rest: Partial<AslState & { Type: 'Task' }>): MachineDefinition {
  const task: AslState = { Type: 'Task', Resource: FN, Retry: [], Catch: CAUGHT, Next: 'Done', ...rest };
  return {
    StartAt: 'Task',
    States: { Task: task, Caught: { Type: 'Fail', Error: 'Caught' }, Done: { Type: 'Succeed' } },
  };
}

type Answer = () => unknown;
interface End {
  readonly status: string;
  readonly error: string | null;
}

async function inCloud(definition: MachineDefinition, answer: Answer): Promise<End> {
  const ended = Promise.withResolvers<LocalExecution>();
  const machine = new LocalMachine({
    arn: 'arn:aws:states:local-1:000000000000:stateMachine:m',
    definition: () => JSON.parse(JSON.stringify(definition)),
    clock: new ScaledClock({ anchor: Date.now(), speed: 1_000 }),
    invoke: async () => answer(),
    onState: () => {},
    onEnd: ended.resolve,
  });
  machine.start('run', { here: 1 });
  const { status, error } = await ended.promise;
  return { status, error };
}

async function inSimulation(definition: MachineDefinition, answer: Answer): Promise<End> {
  const ended = Promise.withResolvers<End>();
  const machine = new SimulatedMachine(definition, 'arn:execution:m', {
    now: () => 0,
    sleep: async () => {},
    invoke: async () => answer(),
    onState: () => {},
    onEnd: ({ status, error }) => ended.resolve({ status, error }),
  });
  machine.start('run', { here: 1 });
  return ended.promise;
}

describe('a task ends in the simulation as in the local cloud', () => {
  const fail = (error: Error) => () => {
    throw error;
  };
  const wide = (bytes: number) => () => 'ä'.repeat((bytes - 2) / 2);
  const invoke = 'arn:aws:states:::lambda:invoke';

  it.each<[string, MachineDefinition, Answer, End]>([
    ['with what it answers', taskWith({}), () => 1, { status: 'SUCCEEDED', error: null }],
    ['with an answer of 256 KiB', taskWith({}), wide(262_144), { status: 'SUCCEEDED', error: null }],
    [
      'with a longer answer, which no Catch takes',
      taskWith({}),
      wide(262_146),
      { status: 'FAILED', error: 'States.DataLimitExceeded' },
    ],
    [
      'with a longer answer of an integration',
      taskWith({ Resource: invoke, Parameters: { FunctionName: FN, Payload: {} } }),
      wide(262_146),
      { status: 'FAILED', error: 'States.DataLimitExceeded' },
    ],
  ])('%s', async (_what, definition, answer, end) => {
    expect(await inCloud(definition, answer)).toEqual(end);
    expect(await inSimulation(definition, answer)).toEqual(end);
  });

  it.each(['States.Runtime', 'Crossfade.Refused', 'Sandbox.Timedout'])('that fails with %s', async (name) => {
    const end = { status: 'FAILED', error: name === 'States.Runtime' ? name : 'Caught' };
    expect(await inCloud(taskWith({}), fail(new FunctionError(name, '')))).toEqual(end);
    expect(await inSimulation(taskWith({}), fail(new TaskFailure(name, '')))).toEqual(end);
  });
});
