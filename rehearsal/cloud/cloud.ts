/**
 * The local cloud: services on one loopback endpoint, filled from the synthesised assembly. Alarms, schedules, event
 * rules, functions with their environment, the state machine and the weights all come from the templates.
 */
import type { Deployment } from '../../core/deployment.ts';
import { ScaledClock } from '../clock.ts';
import { listen } from '../listen.ts';
import type { LoadBalancerModel } from '../world.ts';
import { actionsOf, lambdaAction, snsMessage, stateChangeEvent } from './alarm-actions.ts';
import type { LocalAlarm, Transition } from './alarms.ts';
import type { Assembly } from './assembly.ts';
import type { CloudEvent } from './cloud-event.ts';
import { cloudwatch } from './cloudwatch.ts';
import { startDynamo } from './dynamo.ts';
import { elbv2 } from './elbv2.ts';
import { endpoint, type Intercept } from './endpoint.ts';
import { EventBus } from './event-bus.ts';
import { LocalFirehose } from './firehose.ts';
import {
  alarmsOf,
  loadBalancerOf,
  machineDefinitionOf,
  notModelled,
  ofType,
  only,
  servicesOf,
  transformOf,
} from './from-template.ts';
import { Functions } from './functions.ts';
import { MetricStore } from './metric-store.ts';
import { Names, REGION } from './names.ts';
import { applicationAutoScaling, ecs, type LocalService } from './services.ts';
import { LocalMachine } from './step-functions.ts';

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

export async function startCloud({
  assembly,
  speed,
  onEvent,
  intercept = () => null,
}: CloudOptions): Promise<LocalCloud> {
  const clock = new ScaledClock({ anchor: Date.now(), speed });
  const names = new Names(assembly);
  const metrics = new MetricStore();
  const model = loadBalancerOf(assembly, names);
  const services = servicesOf(assembly, names);
  const dynamo = await startDynamo();
  for (const r of ofType(assembly, 'AWS::DynamoDB::GlobalTable')) await dynamo.createTable(names.nameOf(r));
  const alarms = alarmsOf(assembly, names);
  const stream = only(assembly, 'AWS::KinesisFirehose::DeliveryStream');
  const machineResource = only(assembly, 'AWS::StepFunctions::StateMachine');
  const machineArn = names.arnOf(machineResource);

  // Services and functions need each other: the endpoint is up before any function is.
  const invoke = (arn: string, event: unknown) => functions.invoke(arn, event);
  const firehose = new LocalFirehose((event) => invoke(transformOf(stream, names), event));
  const onTransition = (transition: Transition) => {
    const { alarm, from, reason } = transition;
    const { AlarmName } = alarm.properties;
    const news = { transition, arn: names.arn('cloudwatch', `alarm:${AlarmName}`), at: clock.now() };
    onEvent({ type: 'alarm', name: AlarmName, from, to: alarm.state, reason, at: news.at });
    for (const action of actionsOf(alarm)) {
      if (action.includes(':lambda:')) functions.invokeLater(action, lambdaAction(news));
      else onEvent({ type: 'message', ...snsMessage(news), at: news.at });
    }
    bus.publish(stateChangeEvent(news));
  };
  const setState = (alarm: LocalAlarm, state: LocalAlarm['state'], reason: string) => {
    const transition = alarm.set(state, reason);
    if (transition !== null) onTransition(transition);
  };
  const machine: LocalMachine = new LocalMachine({
    arn: machineArn,
    definition: () => machineDefinitionOf(machineResource, names),
    clock,
    invoke,
    onState: (execution, state, input) => onEvent({ type: 'state', execution, state, input, at: clock.now() }),
    onEnd: (execution) => {
      const { arn: executionArn, status, cause } = execution;
      onEvent({ type: 'end', execution, at: clock.now() });
      const detail = { executionArn, stateMachineArn: machineArn, status, cause };
      bus.publish({ source: 'aws.states', 'detail-type': 'Step Functions Execution Status Change', detail });
    },
  });
  const onScale = (service: LocalService) => onEvent({ type: 'scale', service, at: clock.now() });
  const publish = (p: URLSearchParams) => {
    onEvent({ type: 'message', subject: p.get('Subject') ?? '', body: p.get('Message') ?? '', at: clock.now() });
    return { MessageId: 'local' };
  };
  const server = endpoint({
    intercept,
    json: {
      GraniteServiceVersion20100801: {
        service: 'cloudwatch',
        operations: cloudwatch({ store: metrics, alarms, setState, now: () => clock.now() }),
      },
      AWSStepFunctions: { service: 'states', operations: machine.operations },
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
      '2010-03-31': { service: 'sns', operations: { Publish: publish } },
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
  const onLine = (_name: string, line: string) => void metrics.ingestEmf(line, clock.now());
  const functions: Functions = new Functions({
    assembly,
    names,
    onEvent,
    now: () => clock.now(),
    clock: { anchor: clock.anchor, speed },
    environment,
    onLine,
  });
  await functions.load();
  const bus: EventBus = new EventBus(ofType(assembly, 'AWS::Events::Rule'), names, (arn, event, tries) =>
    functions.invokeLater(arn, event, tries),
  );

  const timers: NodeJS.Timeout[] = [];
  return {
    url,
    dynamoUrl: dynamo.url,
    clock,
    metrics,
    model,
    machine,
    firehose,
    deployment: functions.deployment(),
    services,
    alarms,
    streamName: names.nameOf(stream),
    environment,
    notModelled: notModelled(assembly),
    run() {
      const evaluate = () => {
        for (const alarm of alarms.values()) {
          const transition = alarm.evaluate(metrics, clock.now());
          if (transition !== null) onTransition(transition);
        }
      };
      const minute = clock.toRealMs(MINUTE_MS);
      timers.push(
        setInterval(evaluate, minute),
        setInterval(() => void firehose.flush(), minute),
        ...bus.startSchedules(clock),
      );
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      machine.stop();
      await functions.stop();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await dynamo.stop();
    },
  };
}
