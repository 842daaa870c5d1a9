/** Services that call others on somebody's behalf. Each may do what the templates allow, and observers are notified. */
import { invocation, sentenceOf } from './access/index.ts';
import { EventBus } from './events/index.ts';
import type { Foundation } from './foundation.ts';
import { queuesOf } from './from-template.ts';
import { FunctionError, LambdaService } from './lambda/index.ts';
import { LocalFirehose, LocalQueues, LocalSns } from './services/index.ts';
import { LocalMachine, statusChangeEvent } from './states/index.ts';
import type { Fault } from './wire/index.ts';

export function lambdaOf(
  { clock, account, onEvent }: Foundation,
  faultOf: (service: string, operation: string) => Fault | null,
): LambdaService {
  return new LambdaService({
    clock,
    faultOf,
    onAsyncFailure: (functionName, error) =>
      onEvent({ type: 'invocation-failed', functionName, error, at: clock.now() }),
    accountLimit: () => ({ UnreservedConcurrentExecutions: account.unreservedConcurrency }),
  });
}

export function busOf({ clock, access }: Foundation, lambda: LambdaService): EventBus {
  return new EventBus({
    clock,
    deliver: (arn, event, ruleArn) => {
      if (access.refusesService('events.amazonaws.com', ruleArn, invocation(arn)) === null)
        lambda.invokeLater(arn, event);
    },
  });
}

export function topicsOf({ assembly, names, account, clock, onEvent }: Foundation): {
  readonly sns: LocalSns;
  readonly queues: LocalQueues;
} {
  const queues = new LocalQueues(queuesOf(assembly, names), account.topics, () => clock.now());
  const sns = new LocalSns(account.topics, (message) => {
    queues.hear(message);
    onEvent({ type: 'message', subject: message.subject, body: message.body, at: clock.now() });
  });
  return { sns, queues };
}

export function firehoseOf(base: Foundation, lambda: LambdaService): LocalFirehose {
  const { name, arn, roleArn, transformArn } = base.stream;
  return new LocalFirehose({
    streamName: name,
    streamArn: arn,
    ...(transformArn === undefined
      ? {}
      : { transform: async (event) => invokeAs(base, lambda, roleArn, transformArn, event) }),
    now: () => base.clock.now(),
    simulatedBefore: (realMs) => base.clock.now() - realMs * base.clock.line.speed,
  });
}

export function machineOf(base: Foundation, lambda: LambdaService, bus: EventBus): LocalMachine {
  const { clock, onEvent } = base;
  const { arn: machineArn, roleArn, definition } = base.machine;
  return new LocalMachine({
    arn: machineArn,
    definition,
    clock,
    invoke: async (arn, event) => invokeAs(base, lambda, roleArn, arn, event),
    onStart: (execution) => bus.publish(statusChangeEvent(execution, machineArn)),
    onState: (execution, state, input) => onEvent({ type: 'state', execution, state, input, at: clock.now() }),
    onEnd: (execution) => {
      onEvent({ type: 'end', execution, at: clock.now() });
      bus.publish(statusChangeEvent(execution, machineArn));
    },
  });
}

/** What Step Functions does on the machine's behalf at its creation: assumes the role, delivers logs, sends traces. */
export function takeMachineRole({ access, machine: { arn, roleArn } }: Foundation): void {
  if (roleArn === null) return;
  access.refusesTrust('states.amazonaws.com', arn, roleArn);
  const logs = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'ListLogDeliveries'];
  const policies = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  const actions = [...[...logs, ...policies].map((name) => `logs:${name}`), ...traces.map((name) => `xray:${name}`)];
  access.refusesRole(roleArn, ...actions.map((action) => ({ action, resource: '*' })));
}

/** What Firehose does on the stream's behalf at its creation. */
export function takeStreamRole({ access, stream: { arn, roleArn } }: Foundation): void {
  if (roleArn !== null) access.refusesTrust('firehose.amazonaws.com', arn, roleArn);
}

/** Firehose delivers its buffer: an object is written with the stream's role. */
export function flush({ access, stream: { roleArn, objectArn } }: Foundation, firehose: LocalFirehose): Promise<void> {
  if (roleArn !== null) access.refusesRole(roleArn, { action: 's3:PutObject', resource: objectArn });
  return firehose.flush();
}

/** Invokes as the role, if the template has one. @throws FunctionError if it may not */
async function invokeAs(
  { access }: Foundation,
  lambda: LambdaService,
  roleArn: string | null,
  functionArn: string,
  event: unknown,
): Promise<unknown> {
  const denial = roleArn === null ? null : access.refusesRole(roleArn, invocation(functionArn));
  if (denial !== null) throw new FunctionError('Lambda.AWSLambdaException', sentenceOf(denial));
  return lambda.invoke(functionArn, event);
}
