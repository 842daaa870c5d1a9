/**
 * The local cloud: services on one loopback endpoint, filled from the synthesised assembly. Alarms, schedules, event
 * rules, functions with their environment, the state machine and the weights all come from the templates.
 */
import type { Server } from 'node:http';
import * as z from 'zod';
import { type Deployment, deploymentSchema } from '../../core/deployment.ts';
import { ScaledClock } from '../clock.ts';
import type { LoadBalancerModel, RuleModel } from '../world.ts';
import { type AlarmState, alarmPropertiesSchema, LocalAlarm, type Transition } from './alarms.ts';
import type { Assembly, Resource } from './assembly.ts';
import { cloudwatch } from './cloudwatch.ts';
import { startDynamo } from './dynamo.ts';
import { elbv2 } from './elbv2.ts';
import { endpoint, type Intercept } from './endpoint.ts';
import { assertKnown, type EventRule, matches, ruleSchema, scheduleMs } from './events.ts';
import { LocalFirehose } from './firehose.ts';
import { LocalFunction } from './lambda.ts';
import { MetricStore } from './metric-store.ts';
import { ACCOUNT, Names, REGION } from './names.ts';
import { applicationAutoScaling, ecs, type LocalService } from './services.ts';
import { definitionSchema, type LocalExecution, LocalMachine } from './step-functions.ts';

export type CloudEvent =
  | {
      readonly type: 'alarm';
      readonly name: string;
      readonly from: AlarmState;
      readonly to: AlarmState;
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: 'weights'; readonly rule: RuleModel; readonly at: number }
  | {
      readonly type: 'state';
      readonly execution: LocalExecution;
      readonly state: string;
      readonly input: unknown;
      readonly at: number;
    }
  | { readonly type: 'end'; readonly execution: LocalExecution; readonly at: number }
  | { readonly type: 'message'; readonly subject: string; readonly body: string; readonly at: number }
  | { readonly type: 'invocation-failed'; readonly functionName: string; readonly error: string; readonly at: number }
  | { readonly type: 'scale'; readonly service: LocalService; readonly at: number };

export interface CloudOptions {
  readonly assembly: Assembly;
  /** Virtual seconds per real second. */
  readonly speed: number;
  readonly onEvent: (event: CloudEvent) => void;
  /** @default nothing is ever injected */
  readonly intercept?: Intercept;
}

export interface LocalCloud {
  readonly url: string;
  readonly dynamoUrl: string;
  readonly clock: ScaledClock;
  readonly metrics: MetricStore;
  readonly model: LoadBalancerModel;
  readonly machine: LocalMachine;
  readonly firehose: LocalFirehose;
  readonly deployment: Deployment;
  readonly services: readonly LocalService[];
  readonly alarms: ReadonlyMap<string, LocalAlarm>;
  /** Name of the only delivery stream. */
  readonly streamName: string;
  /** What a process needs to reach this cloud with the SDK. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resource types of the templates that have no counterpart here, with their number. */
  readonly notModelled: Readonly<Record<string, number>>;
  /** Alarms, schedules and buffers run from here on. */
  run(): void;
  stop(): Promise<void>;
}

const MINUTE_MS = 60_000;
const MODELLED = new Set([
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::DynamoDB::GlobalTable',
  'AWS::SNS::Topic',
  'AWS::CloudWatch::Alarm',
  'AWS::Events::Rule',
  'AWS::StepFunctions::StateMachine',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::StepFunctions::StateMachineAlias',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ECS::Service',
  'AWS::ECS::Cluster',
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::KinesisFirehose::DeliveryStream',
  'Custom::WeightedRule',
]);

export async function startCloud(options: CloudOptions): Promise<LocalCloud> {
  const { assembly, speed, onEvent, intercept = () => null } = options;
  const clock = new ScaledClock({ anchor: Date.now(), speed });
  const names = new Names(assembly);
  const of = (type: string) => assembly.resources.filter((r) => r.type === type);
  const metrics = new MetricStore();
  const model = loadBalancer(names, of);
  const services = of('AWS::ECS::Service').map((r) =>
    serviceOf(names, r, of('AWS::ApplicationAutoScaling::ScalableTarget')),
  );
  const onScale = (service: LocalService) => onEvent({ type: 'scale', service, at: clock.now() });
  const alarms = new Map<string, LocalAlarm>();
  const dynamo = await startDynamo();

  const functions = new Map<string, LocalFunction>();
  const invoke = (arn: string, event: unknown): Promise<unknown> => {
    const found = functions.get(arn.split(':').slice(0, 7).join(':'));
    return found === undefined ? Promise.reject(new RangeError(`no function ${arn}`)) : found.invoke(event);
  };
  /** Asynchronous invocation: two more tries, as Lambda makes. */
  const invokeLater = (arn: string, event: unknown, tries = 3): void => {
    invoke(arn, event).catch((error: Error) => {
      onEvent({
        type: 'invocation-failed',
        functionName: arn.split(':')[6] ?? arn,
        error: `${error.name}: ${error.message}`,
        at: clock.now(),
      });
      if (tries > 1) setTimeout(() => invokeLater(arn, event, tries - 1), clock.toRealMs(MINUTE_MS)).unref();
    });
  };

  const rules: EventRule[] = [];
  const publish = (event: Record<string, unknown>) => {
    for (const rule of rules)
      if (rule.EventPattern !== undefined && matches(rule.EventPattern, event))
        for (const t of rule.Targets) invokeLater(t.Arn, event);
  };
  const onTransition = ({ alarm, from, reason }: Transition) => {
    const at = clock.now();
    const { AlarmName, AlarmActions, OKActions, ActionsEnabled } = alarm.properties;
    onEvent({ type: 'alarm', name: AlarmName, from, to: alarm.state, reason, at });
    const time = new Date(at).toISOString();
    const state = { value: alarm.state, reason, timestamp: time };
    const arn = names.arn('cloudwatch', `alarm:${AlarmName}`);
    const action = {
      source: 'aws.cloudwatch',
      alarmArn: arn,
      accountId: ACCOUNT,
      region: REGION,
      time,
      alarmData: { alarmName: AlarmName, state, previousState: { value: from }, configuration: {} },
    };
    const actions = alarm.state === 'ALARM' ? AlarmActions : alarm.state === 'OK' ? OKActions : [];
    if (ActionsEnabled) for (const target of actions) if (target.includes(':lambda:')) invokeLater(target, action);
    publish({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [arn],
      time,
      detail: { alarmName: AlarmName, state, previousState: { value: from } },
    });
  };
  const setState = (alarm: LocalAlarm, state: AlarmState, reason: string) => {
    const transition = alarm.set(state, reason);
    if (transition !== null) onTransition(transition);
  };

  const transformArn = () => {
    const stream = of('AWS::KinesisFirehose::DeliveryStream')[0];
    const text = stream === undefined ? '' : JSON.stringify(names.properties(stream));
    return /arn:aws:lambda:[^"]+function:[A-Za-z0-9]+/.exec(text)?.[0] ?? '';
  };
  const firehose = new LocalFirehose((event) => invoke(transformArn(), event));

  const machineResource = only(of('AWS::StepFunctions::StateMachine'));
  let machine: LocalMachine | undefined;
  const stateOperations = new Proxy({}, { get: (_t, name: string) => machine?.operations[name] });
  const sns = {
    Publish: (p: URLSearchParams) => {
      onEvent({ type: 'message', subject: p.get('Subject') ?? '', body: p.get('Message') ?? '', at: clock.now() });
      return { MessageId: 'local' };
    },
  };
  const server = endpoint({
    intercept,
    json: {
      GraniteServiceVersion20100801: {
        service: 'cloudwatch',
        operations: cloudwatch({ store: metrics, alarms, setState }),
      },
      AWSStepFunctions: { service: 'states', operations: stateOperations },
      AmazonEC2ContainerServiceV20141113: { service: 'ecs', operations: ecs({ services, onScale }) },
      AnyScaleFrontendService: {
        service: 'application-autoscaling',
        operations: applicationAutoScaling({ services, onScale }),
      },
      Firehose_20150804: { service: 'firehose', operations: firehose.operations },
    },
    query: {
      '2015-12-01': {
        service: 'elasticloadbalancing',
        operations: elbv2(model, (rule) => onEvent({ type: 'weights', rule, at: clock.now() })),
      },
      '2010-03-31': { service: 'sns', operations: sns },
    },
  });
  const url = await listen(server);
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    NODE_NO_WARNINGS: '1',
  };

  for (const r of of('AWS::DynamoDB::GlobalTable')) await dynamo.createTable(names.nameOf(r));
  const onLine = (_name: string, line: string) => {
    metrics.ingestEmf(line, clock.now());
  };
  const loadFunction = (r: Resource) => {
    const arn = names.arnOf(r);
    if (functions.has(arn)) return;
    const p = functionSchema.safeParse(names.properties(r));
    if (!p.success || p.data.Handler !== 'index.handler' || p.data.Code.S3Key === undefined) return;
    const spec = {
      name: names.nameOf(r),
      codeDir: assembly.assetDir(p.data.Code.S3Key),
      environment: p.data.Environment.Variables,
      timeoutSeconds: p.data.Timeout,
    };
    functions.set(arn, new LocalFunction(spec, { clock: { anchor: clock.anchor, speed }, environment, onLine }));
  };
  // Custom resources first: other functions' environments name the rules that these create.
  for (const r of of('AWS::Lambda::Function'))
    if (JSON.stringify(r.properties).includes('CROSSFADE_INGRESS')) loadFunction(r);
  for (const r of of('Custom::WeightedRule')) await createCustom(names, r, invoke, [...functions.keys()]);
  for (const r of of('AWS::Lambda::Function')) loadFunction(r);
  for (const r of of('AWS::CloudWatch::Alarm')) {
    const alarm = new LocalAlarm(alarmPropertiesSchema.parse({ AlarmName: names.nameOf(r), ...names.properties(r) }));
    alarms.set(alarm.properties.AlarmName, alarm);
  }
  for (const r of of('AWS::Events::Rule')) {
    const rule = ruleSchema.parse(names.properties(r));
    assertKnown(rule.EventPattern);
    rules.push(rule);
  }
  machine = new LocalMachine({
    arn: names.arnOf(machineResource),
    definition: definitionSchema.parse(JSON.parse(String(names.properties(machineResource).DefinitionString))),
    clock,
    invoke,
    onState: (execution, state, input) => onEvent({ type: 'state', execution, state, input, at: clock.now() }),
    onEnd: (execution) => {
      onEvent({ type: 'end', execution, at: clock.now() });
      publish({
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        time: new Date(clock.now()).toISOString(),
        detail: {
          executionArn: execution.arn,
          stateMachineArn: names.arnOf(machineResource),
          status: execution.status,
          cause: execution.cause,
        },
      });
    },
  });
  const deployment = deploymentOf([...functions.values()]);

  const timers: NodeJS.Timeout[] = [];
  const minute = clock.toRealMs(MINUTE_MS);
  return {
    url,
    dynamoUrl: dynamo.url,
    clock,
    metrics,
    model,
    machine,
    firehose,
    deployment,
    services,
    alarms,
    streamName: names.nameOf(only(of('AWS::KinesisFirehose::DeliveryStream'))),
    environment,
    notModelled: countNotModelled(assembly),
    run() {
      const evaluateAll = () => {
        for (const alarm of alarms.values()) {
          const transition = alarm.evaluate(metrics, clock.now());
          if (transition !== null) onTransition(transition);
        }
      };
      timers.push(
        setInterval(evaluateAll, minute),
        setInterval(() => void firehose.flush(), minute),
      );
      for (const rule of rules) {
        const { ScheduleExpression } = rule;
        if (ScheduleExpression === undefined) continue;
        const tick = () => {
          for (const target of rule.Targets)
            invokeLater(target.Arn, { source: 'aws.events', 'detail-type': 'Scheduled Event' }, 1);
        };
        timers.push(setInterval(tick, clock.toRealMs(scheduleMs(ScheduleExpression))));
      }
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      machine.stop();
      await Promise.all([...functions.values()].map((f) => f.stop()));
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await dynamo.stop();
    },
  };
}

const functionSchema = z.looseObject({
  Handler: z.string(),
  Timeout: z.number().default(3),
  Code: z.looseObject({ S3Key: z.string().optional() }),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.string()).default({}) }).default({ Variables: {} }),
});

/** The CDK's provider framework would sit between; here its onEvent function is called with the same event. */
async function createCustom(
  names: Names,
  resource: Resource,
  invoke: (arn: string, event: unknown) => Promise<unknown>,
  providers: readonly string[],
): Promise<void> {
  const provider = providers[0];
  if (provider === undefined) throw new RangeError(`no provider function for ${resource.logicalId}`);
  const ResourceProperties = z
    .record(z.string(), z.unknown())
    .parse(
      JSON.parse(JSON.stringify(names.properties(resource)), (_k, v: unknown) =>
        typeof v === 'number' || typeof v === 'boolean' ? String(v) : v,
      ),
    );
  const answer = await invoke(provider, {
    RequestType: 'Create',
    ResourceProperties,
    LogicalResourceId: resource.logicalId,
  });
  const { PhysicalResourceId, Data } = z
    .object({ PhysicalResourceId: z.string(), Data: z.record(z.string(), z.unknown()) })
    .parse(answer);
  names.custom.set(`${resource.stack}/${resource.logicalId}`, { physicalId: PhysicalResourceId, data: Data });
}

const healthSchema = z.looseObject({
  HealthCheckPath: z.string().default('/'),
  HealthCheckIntervalSeconds: z.number().default(30),
  HealthCheckTimeoutSeconds: z.number().default(5),
  HealthyThresholdCount: z.number().default(5),
  UnhealthyThresholdCount: z.number().default(2),
  Matcher: z.looseObject({ HttpCode: z.string() }).default({ HttpCode: '200' }),
});

function loadBalancer(names: Names, of: (type: string) => Resource[]): LoadBalancerModel {
  const lb = only(of('AWS::ElasticLoadBalancingV2::LoadBalancer'));
  const targetGroups: LoadBalancerModel['targetGroups'] = new Map();
  for (const r of of('AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const h = healthSchema.parse(names.properties(r));
    const arn = names.arnOf(r);
    const healthCheck = {
      path: h.HealthCheckPath,
      intervalSeconds: h.HealthCheckIntervalSeconds,
      timeoutSeconds: h.HealthCheckTimeoutSeconds,
      healthyThreshold: h.HealthyThresholdCount,
      unhealthyThreshold: h.UnhealthyThresholdCount,
      matcher: h.Matcher.HttpCode,
    };
    targetGroups.set(arn, { arn, fullName: names.fullName(r), healthCheck, targets: [] });
  }
  return { arn: names.arnOf(lb), fullName: names.fullName(lb), rules: new Map(), targetGroups };
}

function serviceOf(names: Names, resource: Resource, scalable: readonly Resource[]): LocalService {
  const { Cluster, DesiredCount = 1 } = z
    .looseObject({ Cluster: z.string(), DesiredCount: z.number().optional() })
    .parse(names.properties(resource));
  const name = names.nameOf(resource);
  const bounds = scalable
    .map((r) =>
      z
        .looseObject({ ResourceId: z.string(), MinCapacity: z.number(), MaxCapacity: z.number() })
        .parse(names.properties(r)),
    )
    .find((p) => p.ResourceId === `service/${Cluster}/${name}`);
  return {
    cluster: Cluster,
    name,
    desired: DesiredCount,
    running: DesiredCount,
    scaling: bounds === undefined ? null : { min: bounds.MinCapacity, max: bounds.MaxCapacity, suspended: false },
  };
}

function deploymentOf(functions: readonly LocalFunction[]): Deployment {
  const text = functions.map((f) => f.spec.environment.CROSSFADE_DEPLOYMENT).find((t) => t !== undefined);
  if (text === undefined) throw new RangeError('no function of the assembly carries CROSSFADE_DEPLOYMENT');
  return deploymentSchema.parse(JSON.parse(text));
}

function countNotModelled(assembly: Assembly): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of assembly.resources) if (!MODELLED.has(type)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function only(resources: readonly Resource[]): Resource {
  const [first, ...rest] = resources;
  if (first === undefined || rest.length > 0)
    throw new RangeError(`exactly one resource was expected, not ${resources.length}`);
  return first;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    });
  });
}
