/**
 * The local cloud: services on one loopback endpoint, filled from the synthesised assembly. Alarms, schedules, event
 * rules, functions with their environment, the state machine and the weights all come from the templates.
 */
import type { Deployment } from '../../core/model/index.ts';
import { type LoadBalancerModel, listen, type RuleModel, ScaledClock } from '../machine/index.ts';
import { Access, invocation, publishTo, sentenceOf } from './access/index.ts';
import { addRoles, iam, kms, type LocalAccount, localAccount } from './account/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import {
  type AlarmNews,
  type AlarmTransition,
  actionsOf,
  cloudwatch,
  type LocalAlarm,
  lambdaAction,
  MetricStore,
  MuteRules,
  snsMessage,
  stateChangeEvent,
} from './cloudwatch/index.ts';
import { EventBus, eventRuleSchema, putEvents } from './events/index.ts';
import {
  alarmsOf,
  cutoverMachineOf,
  listenersOf,
  loadBalancerOf,
  machineDefinitionOf,
  machineRoleOf,
  mirrorRoleOf,
  notModelled,
  ofType,
  queuesOf,
  servicesOf,
  streamOf,
  tablesOf,
  topicKeysOf,
} from './from-template.ts';
import { deploymentOf, loadFunctions, updateRules } from './functions.ts';
import { FunctionError, LambdaService } from './lambda/index.ts';
import {
  applicationAutoScaling,
  ecs,
  elbv2,
  LocalFirehose,
  LocalQueues,
  type LocalService,
  LocalSns,
  type PublishedMessage,
  startDynamo,
  sts,
} from './services/index.ts';
import { LocalMachine, statesOperations, statusChangeEvent } from './states/index.ts';
import { type Assembly, Names, REGION } from './template/index.ts';
import { countingCalls, endpoint, type Intercept } from './wire/index.ts';

export interface CloudOptions {
  readonly assembly: Assembly;
  /** Virtual seconds per real second. */
  readonly speed: number;
  readonly onEvent: (event: CloudEvent) => void;
  /** Asked once everything is deployed. @default nothing is ever injected */
  readonly intercept?: Intercept;
}

export interface LocalCloud {
  /** Where every service answers, DynamoDB too. */
  readonly url: string;
  /** DynamoDB without the fault hook, for the caller's own reads. */
  readonly dynamoUrl: string;
  readonly clock: ScaledClock;
  readonly metrics: MetricStore;
  readonly model: LoadBalancerModel;
  readonly machine: LocalMachine;
  readonly lambda: LambdaService;
  readonly firehose: LocalFirehose;
  readonly deployment: Deployment;
  readonly services: readonly LocalService[];
  readonly alarms: ReadonlyMap<string, LocalAlarm>;
  /** Roles, keys, topics, tags and quotas; whoever holds the cloud may change them. */
  readonly account: LocalAccount;
  /** What SNS was given, oldest first. */
  readonly published: readonly PublishedMessage[];
  /** Name of the only delivery stream. */
  readonly streamName: string;
  /** What was asked of IAM, and denied. A run with a denial has failed. */
  readonly access: Access;
  /** What a process needs to reach this cloud with the SDK, as somebody who may do everything. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for the mirror, which has the right of its task. */
  readonly mirrorEnvironment: Readonly<Record<string, string>>;
  /** Resource types of the templates that have no counterpart here, with their number. */
  readonly notModelled: Readonly<Record<string, number>>;
  /** A stack's output. @throws RangeError */
  output(stack: string, name: string): unknown;
  /** As an update of the stacks: what the rules' custom resources are told anew. @throws what their provider refuses */
  updateRules(next: Assembly): Promise<void>;
  /** Alarms, schedules and buffers run from here on. */
  run(): void;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** @throws when the assembly asks for something that is not known here; by then everything is stopped. */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const stops: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    return { ...(await build(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  { assembly, speed, onEvent, intercept = () => null }: CloudOptions,
  stops: (() => void | Promise<void>)[],
): Promise<Omit<LocalCloud, 'stop'>> {
  const clock = new ScaledClock({ anchor: Date.now(), speed });
  const now = () => clock.now();
  let deployed = false;
  const counted = countingCalls(intercept);
  const faultOf: typeof counted = (service, operation) => (deployed ? counted(service, operation) : null);

  const names = new Names(assembly);
  const metrics = new MetricStore();
  const model = loadBalancerOf(assembly, names);
  const services = servicesOf(assembly, names);
  const alarms = alarmsOf(assembly, names);
  const stream = streamOf(assembly, names);
  const machineResource = cutoverMachineOf(assembly, names);
  const machineArn = names.arnOf(machineResource);
  const topicKeys = topicKeysOf(assembly, names);
  const known = {
    tagsOf: (ruleArn: string) => model.rules.get(ruleArn)?.tags ?? {},
    keyOf: (topicArn: string) => topicKeys.get(topicArn) ?? null,
  };
  const access = await Access.of({ assembly, names, known });

  const account = localAccount(assembly, names);

  const dynamo = await startDynamo();
  stops.push(() => dynamo.stop());
  for (const { name, keys } of tablesOf(assembly, names)) await dynamo.createTable(name, keys);
  const lambda = new LambdaService({
    clock,
    faultOf,
    onAsyncFailure: (functionName, error) => onEvent({ type: 'invocation-failed', functionName, error, at: now() }),
    accountLimit: () => ({ UnreservedConcurrentExecutions: account.unreservedConcurrency }),
  });
  const bus = new EventBus({
    clock,
    deliver: (arn, event, ruleArn) => {
      if (access.refusesService('events.amazonaws.com', ruleArn, invocation(arn)) === null)
        lambda.invokeLater(arn, event);
    },
  });
  const queues = new LocalQueues(queuesOf(assembly, names), account.topics);
  const sns = new LocalSns(account.topics, (message) => {
    queues.hear(message);
    onEvent({ type: 'message', subject: message.subject, body: message.body, at: now() });
  });
  const { transformArn } = stream;
  /** As the role, where the template has one. @throws FunctionError when it may not */
  const invokeAs = (roleArn: string | null, arn: string, event: unknown) => {
    const denial = roleArn === null ? null : access.refusesRole(roleArn, invocation(arn));
    if (denial !== null) throw new FunctionError('Lambda.AWSLambdaException', sentenceOf(denial));
    return lambda.invoke(arn, event);
  };
  const firehose = new LocalFirehose({
    streamName: stream.name,
    streamArn: stream.arn,
    ...(transformArn === undefined
      ? {}
      : { transform: async (event) => invokeAs(stream.roleArn, transformArn, event) }),
    now,
  });
  const machineRole = machineRoleOf(machineResource, names);
  const machine = new LocalMachine({
    arn: machineArn,
    definition: () => machineDefinitionOf(machineResource, names),
    clock,
    invoke: async (arn, event) => invokeAs(machineRole, arn, event),
    onStart: (execution) => bus.publish(statusChangeEvent(execution, machineArn)),
    onState: (execution, state, input) => onEvent({ type: 'state', execution, state, input, at: now() }),
    onEnd: (execution) => {
      onEvent({ type: 'end', execution, at: now() });
      bus.publish(statusChangeEvent(execution, machineArn));
    },
  });

  const act = (news: AlarmNews) => {
    for (const action of actionsOf(news.transition.alarm)) {
      if (action.includes(':lambda:')) {
        const denial = access.refusesService('lambda.alarms.cloudwatch.amazonaws.com', news.arn, invocation(action));
        if (denial === null) lambda.invokeLater(action, lambdaAction(news));
      } else if (access.refusesService('cloudwatch.amazonaws.com', news.arn, ...publishTo(action, known)) === null)
        sns.send({ topicArn: action, ...snsMessage(news) });
    }
  };
  const mutes = new MuteRules(now);
  /** What a mute rule kept back; done when its window has ended and the alarm is still in the state that it was muted in. */
  const muted = new Map<string, AlarmNews>();
  const actOnUnmuted = () => {
    for (const [name, news] of muted) {
      if (mutes.mutes(name)) continue;
      muted.delete(name);
      act(news);
    }
  };
  /** Both ways that AWS guarantees: the alarm's own actions, and EventBridge. */
  const announce = (transition: AlarmTransition) => {
    const { alarm, from, reason } = transition;
    const { AlarmName } = alarm.properties;
    const news = { transition, arn: names.arn('cloudwatch', `alarm:${AlarmName}`), at: now() };
    onEvent({ type: 'alarm', name: AlarmName, from, to: alarm.state, reason, at: news.at });
    muted.delete(AlarmName);
    if (mutes.mutes(AlarmName)) muted.set(AlarmName, news);
    else act(news);
    bus.publish(stateChangeEvent(news));
  };
  const setState = (alarm: LocalAlarm, state: LocalAlarm['state'], reason: string) => {
    const transition = alarm.set(state, reason);
    if (transition !== null) announce(transition);
  };
  const evaluateAlarms = () => {
    for (const alarm of alarms.values()) {
      const transition = alarm.evaluate(metrics, now());
      if (transition !== null) announce(transition);
    }
    actOnUnmuted();
  };

  const onScale = (service: LocalService) => onEvent({ type: 'scale', service, at: now() });
  const onRule = (rule: RuleModel) => onEvent({ type: 'weights', rule, at: now() });
  const elb = elbv2(model, onRule, listenersOf(assembly, names), account);
  const server = endpoint({
    intercept: faultOf,
    refuses: (accessKeyId, service, operation, fields) => {
      const denial = access.refuses(accessKeyId, service, operation, fields);
      return denial === null ? null : sentenceOf(denial);
    },
    json: {
      GraniteServiceVersion20100801: {
        service: 'cloudwatch',
        operations: cloudwatch({ store: metrics, alarms, setState, mutes, now }),
      },
      AWSStepFunctions: { service: 'states', operations: statesOperations(machine, () => clock.now()) },
      AmazonEC2ContainerServiceV20141113: { service: 'ecs', operations: ecs({ services, onScale }) },
      AnyScaleFrontendService: {
        service: 'application-autoscaling',
        operations: applicationAutoScaling({ services, onScale }, account.scheduled),
      },
      AWSEvents: { service: 'events', operations: putEvents(bus) },
      AmazonSQS: { service: 'sqs', operations: queues.operations },
      TrentService: { service: 'kms', operations: kms(account) },
      Firehose_20150804: { service: 'firehose', operations: firehose.operations },
    },
    query: {
      '2015-12-01': { service: 'elasticloadbalancing', operations: elb },
      '2010-03-31': { service: 'sns', operations: sns.operations },
      '2011-06-15': { service: 'sts', operations: sts },
      '2010-05-08': { service: 'iam', operations: iam(account) },
    },
    lambda: lambda.request,
    dynamodb: dynamo.forward,
  });
  const url = await listen(server);
  stops.push(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
    NODE_NO_WARNINGS: '1',
  };
  const onLine = (_name: string, line: string) => void metrics.ingestEmf(line, now());
  stops.push(() => lambda.stop());
  await loadFunctions({ assembly, names, lambda, access, clock: { anchor: clock.anchor, speed }, environment, onLine });
  addRoles(account, assembly, names);
  for (const r of ofType(assembly, 'AWS::Events::Rule'))
    bus.add(names.arnOf(r), eventRuleSchema.parse(names.properties(r)));
  machineDefinitionOf(machineResource, names);
  if (machineRole !== null) takeRole(access, machineRole, machineArn);
  if (stream.roleArn !== null) access.refusesTrust('firehose.amazonaws.com', stream.arn, stream.roleArn);
  const mirrorRole = mirrorRoleOf(assembly, names);
  stops.push(
    () => machine.stop(),
    () => bus.stop(),
  );
  deployed = true;

  const deliver = () => {
    if (stream.roleArn !== null)
      access.refusesRole(stream.roleArn, { action: 's3:PutObject', resource: stream.objectArn });
    return firehose.flush();
  };

  return {
    url,
    dynamoUrl: dynamo.url,
    clock,
    metrics,
    model,
    machine,
    lambda,
    firehose,
    deployment: deploymentOf(lambda),
    services,
    alarms,
    account,
    published: sns.published,
    streamName: stream.name,
    access,
    environment,
    mirrorEnvironment:
      mirrorRole === null ? environment : { ...environment, AWS_ACCESS_KEY_ID: access.keyOf(mirrorRole) },
    notModelled: notModelled(assembly),
    output: (stack, name) => names.output(stack, name),
    updateRules: (next) => updateRules({ assembly, names, lambda }, next),
    run() {
      const every = (virtualMs: number, tick: () => void) => {
        const timer = setInterval(tick, clock.toRealMs(virtualMs));
        stops.push(() => clearInterval(timer));
      };
      every(MINUTE_MS, evaluateAlarms);
      every(stream.bufferSeconds * 1000, () => void deliver());
      bus.run();
    },
  };
}

/** What Step Functions does in the machine's name when it is made: it takes the role, delivers the log, sends traces. */
function takeRole(access: Access, roleArn: string, machineArn: string): void {
  access.refusesTrust('states.amazonaws.com', machineArn, roleArn);
  const logs = ['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'ListLogDeliveries'];
  const policies = ['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'];
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  const actions = [...[...logs, ...policies].map((name) => `logs:${name}`), ...traces.map((name) => `xray:${name}`)];
  access.refusesRole(roleArn, ...actions.map((action) => ({ action, resource: '*' })));
}
