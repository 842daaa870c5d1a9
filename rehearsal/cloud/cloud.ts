/**
 * The local cloud: services on one loopback endpoint, created from the synthesised assembly. Alarms, schedules, event
 * rules, functions with their environment, the state machine and the weights all come from the templates.
 */
import type { Deployment } from '../../core/model/index.ts';
import type { ScaledClock } from '../clock/index.ts';
import { type LoadBalancerModel, listen, localEnvironment, type RuleModel } from '../machine/index.ts';
import { type Access, sentenceOf } from './access/index.ts';
import { addRoles, iam, kms, type LocalAccount } from './account/index.ts';
import { busOf, firehoseOf, flush, lambdaOf, machineOf, takeMachineRole, takeStreamRole, topicsOf } from './actors.ts';
import { AlarmWatch } from './alarm-watch.ts';
import type { CloudEvent } from './cloud-event.ts';
import { cloudwatch, type LocalAlarm, type MetricStore } from './cloudwatch/index.ts';
import { type EventBus, eventRuleSchema, putEvents } from './events/index.ts';
import { type Foundation, foundationOf } from './foundation.ts';
import { listenersOf, mirrorRoleOf, notModelled, ofType, tablesOf } from './from-template.ts';
import { deploymentOf, loadFunctions, updateRules } from './functions.ts';
import type { LambdaService } from './lambda/index.ts';
import {
  applicationAutoScaling,
  ecs,
  elbv2,
  type LocalDynamo,
  type LocalFirehose,
  type LocalQueues,
  type LocalService,
  type LocalSns,
  type PublishedMessage,
  startDynamo,
  sts,
} from './services/index.ts';
import { type LocalMachine, statesOperations } from './states/index.ts';
import type { Assembly } from './template/index.ts';
import { countingCalls, endpoint, type Intercept, type JsonOperations, type QueryOperations } from './wire/index.ts';

export interface CloudOptions {
  readonly assembly: Assembly;
  /** Simulated seconds per real second. */
  readonly speed: number;
  readonly onEvent: (event: CloudEvent) => void;
  /** Called after everything is deployed. @default no fault is ever injected */
  readonly intercept?: Intercept;
}

export interface LocalCloud {
  /** The endpoint of every service, including DynamoDB. */
  readonly url: string;
  /** DynamoDB without fault injection, for the caller's own reads. */
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
  /** Roles, keys, topics, tags and quotas, which the cloud's owner may change. */
  readonly account: LocalAccount;
  /** Messages published to SNS, oldest first. */
  readonly published: readonly PublishedMessage[];
  /** Name of the only delivery stream. */
  readonly streamName: string;
  /** The requests to IAM, and their denials. A run with a denial has failed. */
  readonly access: Access;
  /** Environment with which a process reaches this cloud through the SDK, with all permissions. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for the mirror, with the permissions of its task. */
  readonly mirrorEnvironment: Readonly<Record<string, string>>;
  /** Resource types of the templates that have no counterpart here, with their number. */
  readonly notModelled: Readonly<Record<string, number>>;
  /** A stack's output. @throws RangeError */
  output(stack: string, name: string): unknown;
  /** Updates the rules' custom resources, as an update of the stacks does. @throws the refusal of their provider */
  updateRules(next: Assembly): Promise<void>;
  /** From here on alarms, schedules and buffers run. */
  run(): void;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;

/** Functions that stop what was started, oldest first. */
type Stops = (() => void | Promise<void>)[];

/** @throws if the assembly contains something that is unknown here; everything is stopped by then */
export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const stops: Stops = [];
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

async function build(options: CloudOptions, stops: Stops): Promise<Omit<LocalCloud, 'stop'>> {
  const { assembly, intercept = () => null } = options;
  let deployed = false;
  const counted = countingCalls(intercept);
  const faultOf: typeof counted = (service, operation) => (deployed ? counted(service, operation) : null);

  const base = await foundationOf(options);
  const dynamo = await dynamoOf(base, stops);
  const lambda = lambdaOf(base, faultOf);
  const bus = busOf(base, lambda);
  const { sns, queues } = topicsOf(base);
  const parts = {
    dynamo,
    lambda,
    bus,
    sns,
    queues,
    firehose: firehoseOf(base, lambda),
    machine: machineOf(base, lambda, bus),
    watch: new AlarmWatch(base, { lambda, sns, bus }),
  };
  const url = await serve(base, parts, faultOf, stops);
  const environment = { ...localEnvironment(url), NODE_NO_WARNINGS: '1' };
  await deploy(base, parts, environment, stops);
  deployed = true;

  const { names, clock, access, account, metrics, model, services, alarms, stream } = base;
  const mirrorRole = mirrorRoleOf(assembly, names);
  return {
    url,
    dynamoUrl: dynamo.url,
    clock,
    metrics,
    model,
    machine: parts.machine,
    lambda,
    firehose: parts.firehose,
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
    run: () => run(base, parts, stops),
  };
}

async function dynamoOf({ assembly, names }: Foundation, stops: Stops): Promise<LocalDynamo> {
  const dynamo = await startDynamo();
  stops.push(() => dynamo.stop());
  for (const { name, keys } of tablesOf(assembly, names)) await dynamo.createTable(name, keys);
  return dynamo;
}

/** The services behind the endpoint. */
interface Parts {
  readonly dynamo: LocalDynamo;
  readonly lambda: LambdaService;
  readonly bus: EventBus;
  readonly sns: LocalSns;
  readonly queues: LocalQueues;
  readonly firehose: LocalFirehose;
  readonly machine: LocalMachine;
  readonly watch: AlarmWatch;
}

/** @returns the endpoint's URL */
async function serve(base: Foundation, parts: Parts, faultOf: Intercept, stops: Stops): Promise<string> {
  const { access } = base;
  const server = endpoint({
    intercept: faultOf,
    refuses: (accessKeyId, service, operation, fields) => {
      const denial = access.refuses(accessKeyId, service, operation, fields);
      return denial === null ? null : sentenceOf(denial);
    },
    json: jsonServices(base, parts),
    query: queryServices(base, parts.sns),
    lambda: parts.lambda.request,
    dynamodb: parts.dynamo.forward,
  });
  const url = await listen(server);
  stops.push(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  return url;
}

/** Creates the resources of the templates, as CloudFormation does, once there is an endpoint. */
async function deploy(
  base: Foundation,
  { lambda, bus, machine }: Parts,
  environment: Readonly<Record<string, string>>,
  stops: Stops,
): Promise<void> {
  const { assembly, names, clock, access, account, metrics } = base;
  stops.push(() => lambda.stop());
  await loadFunctions({
    assembly,
    names,
    lambda,
    access,
    clock: clock.source,
    environment,
    onLine: (_name, line) => void metrics.ingestEmf(line, clock.now()),
  });
  addRoles(account, assembly, names);
  for (const rule of ofType(assembly, 'AWS::Events::Rule'))
    bus.add(names.arnOf(rule), eventRuleSchema.parse(names.properties(rule)));
  // Its definition names functions. It can be read from now on, and is refused here rather than at the first start.
  base.machine.definition();
  takeMachineRole(base);
  takeStreamRole(base);
  stops.push(
    () => machine.stop(),
    () => bus.stop(),
  );
}

/** From here on alarms, schedules and buffers run. */
function run(base: Foundation, { watch, firehose, bus }: Parts, stops: Stops): void {
  const every = (virtualMs: number, tick: () => void) => {
    stops.push(base.clock.every(virtualMs, tick));
  };
  every(MINUTE_MS, () => watch.evaluate());
  every(base.stream.bufferSeconds * 1000, () => void flush(base, firehose));
  bus.run();
}

/** By the prefix of X-Amz-Target. */
function jsonServices(
  { clock, metrics, alarms, services, account, onEvent, machine: { roleArn: roleOfMachine } }: Foundation,
  { machine, bus, queues, firehose, watch }: Parts,
): Record<string, { service: string; operations: JsonOperations }> {
  const now = () => clock.now();
  const onScale = (service: LocalService) => onEvent({ type: 'scale', service, at: now() });
  const setState: AlarmWatch['set'] = (alarm, state, reason) => watch.set(alarm, state, reason);
  return {
    GraniteServiceVersion20100801: {
      service: 'cloudwatch',
      operations: cloudwatch({ store: metrics, alarms, setState, mutes: watch.mutes, now }),
    },
    AWSStepFunctions: { service: 'states', operations: statesOperations(machine, now, roleOfMachine ?? undefined) },
    AmazonEC2ContainerServiceV20141113: { service: 'ecs', operations: ecs({ services, onScale }) },
    AnyScaleFrontendService: {
      service: 'application-autoscaling',
      operations: applicationAutoScaling({ services, onScale }, account.scheduled),
    },
    AWSEvents: { service: 'events', operations: putEvents(bus) },
    AmazonSQS: { service: 'sqs', operations: queues.operations },
    TrentService: { service: 'kms', operations: kms(account) },
    Firehose_20150804: { service: 'firehose', operations: firehose.operations },
  };
}

/** By the API version of the Query protocol. */
function queryServices(
  { assembly, names, clock, model, account, onEvent }: Foundation,
  sns: LocalSns,
): Record<string, { service: string; operations: QueryOperations }> {
  const onRule = (rule: RuleModel) => onEvent({ type: 'weights', rule, at: clock.now() });
  return {
    '2015-12-01': {
      service: 'elasticloadbalancing',
      operations: elbv2(model, onRule, listenersOf(assembly, names), account),
    },
    '2010-03-31': { service: 'sns', operations: sns.operations },
    '2011-06-15': { service: 'sts', operations: sts },
    '2010-05-08': { service: 'iam', operations: iam(account) },
  };
}
