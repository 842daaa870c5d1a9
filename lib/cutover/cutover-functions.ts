import { Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type MetricProviderInput, rollbackFunctionName } from '../../core/model/index.ts';
import { STATUS_EVENT_SOURCE } from '../../core/status/index.ts';
import type { HandlerName } from '../assets/index.ts';
import {
  acknowledge,
  allowItems,
  allowSecret,
  HandlerFunction,
  itemsOf,
  itemsOfRuns,
  type RightsHolder,
} from '../functions/index.ts';
import type { ServiceRef } from './cutover-props.ts';

export interface CutoverFunctionsProps {
  /** Id of the ingress, as `DualStackCutover` has it. */
  readonly ingressId: string;
  /** The value of CROSSFADE_DEPLOYMENT: JSON of core/model/deployment.ts. */
  readonly deployment: string;
  /** The table of leases and decision logs: `ledgerTable()`. */
  readonly ledger: ITableV2;
  /** Where status messages go. */
  readonly topic: ITopic;
  /** Rules that the cutover may modify, and no others. */
  readonly ruleArns: readonly string[];
  /** The sides' ECS services, when they are some. @default - capacity is left alone */
  readonly services?: Readonly<Record<'stable' | 'candidate', ServiceRef>>;
  /** Load and chaos. @default - none */
  readonly exerciseFunctionArn?: string;
  /** Sources of a plan's metrics outside CloudWatch. @default - none */
  readonly metricProviders?: Readonly<Record<string, MetricProviderInput>>;
  /** Alarms that a drill may trip. */
  readonly rollbackAlarms: readonly string[];
  /** @default - none reserved */
  readonly rollbackConcurrency?: number;
  /** Name of the state machine; its executions are stopped by a rollback. */
  readonly machineName: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/ lists these actions with no resource type. */
const NO_RESOURCE_TYPE = 'AWS has no resource type for reading these';
const LEDGER_ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** What a handler may do, in groups; each becomes IAM statements scoped to ARNs wherever AWS has a resource type. */
type Permission =
  | 'weights'
  | 'listener'
  | 'listeners'
  | 'health'
  | 'metrics'
  | 'providers'
  | 'revisions'
  | 'alarms'
  | 'trip'
  | 'tasks'
  | 'capacity'
  | 'surroundings'
  | 'executions'
  | 'ledger'
  | 'tallies'
  | 'notify'
  | 'exercise';

interface Spec {
  readonly description: string;
  readonly may: readonly Permission[];
}

const SPECS = {
  preflight: {
    description: 'Refuses a cutover that must not begin, or takes the ingress for it',
    may: ['health', 'alarms', 'tasks', 'surroundings', 'ledger', 'notify'],
  },
  baseline: { description: 'Measures the stable side', may: ['metrics', 'providers', 'ledger', 'notify'] },
  capacity: { description: 'Holds the capacity of the stable side', may: ['capacity', 'ledger', 'notify'] },
  shift: {
    description: 'Writes the next weights, fenced',
    may: ['weights', 'health', 'providers', 'ledger', 'notify'],
  },
  watch: {
    description: 'One evaluation of a phase',
    may: ['health', 'metrics', 'providers', 'revisions', 'alarms', 'ledger', 'tallies', 'notify'],
  },
  exercise: { description: 'Starts load and chaos against the mirror', may: ['exercise', 'ledger', 'notify'] },
  signoff: { description: 'Asks for a sign-off', may: ['ledger', 'notify'] },
  approved: { description: 'Records a sign-off', may: ['ledger', 'notify'] },
  decommission: {
    description: 'Scales the stable side down, a reversible step at a time',
    may: ['listeners', 'metrics', 'capacity', 'ledger', 'notify'],
  },
  drill: { description: 'Trips an alarm, and waits for it to trigger the rollback', may: ['trip', 'ledger', 'notify'] },
  complete: { description: 'Records completion', may: ['ledger', 'notify'] },
  rollback: {
    description: 'Brings all traffic back to the stable side',
    may: ['weights', 'health', 'capacity', 'executions', 'ledger', 'notify'],
  },
  'close-mirror': {
    description: "Takes a failing mirror out of the customers' path",
    may: ['weights', 'health', 'capacity', 'executions', 'ledger', 'notify'],
  },
  'verify-rollback': {
    description: 'Verifies by counts that the traffic has come back',
    may: ['weights', 'health', 'metrics', 'alarms', 'capacity', 'executions', 'ledger', 'notify'],
  },
  watchdog: {
    description: 'Repairs once a minute what events missed',
    may: ['weights', 'health', 'metrics', 'alarms', 'capacity', 'executions', 'ledger', 'notify'],
  },
} as const satisfies Partial<Record<HandlerName, Spec>>;

export type CutoverFunctionName = keyof typeof SPECS;

function rollbackOnly({ ingressId, rollbackConcurrency }: CutoverFunctionsProps) {
  const functionName = rollbackFunctionName(ingressId);
  return rollbackConcurrency === undefined
    ? { functionName }
    : { functionName, reservedConcurrency: rollbackConcurrency };
}

/** Every function of a cutover with the permissions that it uses. */
export class CutoverFunctions extends Construct {
  readonly #functions = new Map<CutoverFunctionName, HandlerFunction>();
  readonly #props: CutoverFunctionsProps;

  constructor(scope: Construct, id: string, props: CutoverFunctionsProps) {
    super(scope, id);
    this.#props = props;
    for (const name of Object.keys(SPECS) as CutoverFunctionName[]) {
      const { description } = SPECS[name];
      const handler = new HandlerFunction(this, name, {
        handler: name,
        description,
        environment: { CROSSFADE_DEPLOYMENT: props.deployment },
        // Operators, and `crossfade` for them, find the deployment by this name.
        ...(name === 'rollback' ? rollbackOnly(props) : {}),
      });
      this.grantAs(name, handler);
      this.#functions.set(name, handler);
    }
  }

  get(name: CutoverFunctionName): HandlerFunction {
    const handler = this.#functions.get(name);
    if (handler === undefined) throw new RangeError(`no function ${name}`);
    return handler;
  }

  /** Lets somebody else do what the function may. */
  grantAs(name: CutoverFunctionName, holder: RightsHolder): void {
    for (const permission of SPECS[name].may) this.#grant(holder, permission);
  }

  all(): HandlerFunction[] {
    return [...this.#functions.values()];
  }

  #grant(handler: RightsHolder, permission: Permission): void {
    const { ingressId, ledger, topic, ruleArns, exerciseFunctionArn } = this.#props;
    switch (permission) {
      case 'weights':
        handler.allow(['elasticloadbalancing:ModifyRule'], ruleArns);
        this.#grant(handler, 'listener');
        return;
      case 'listener':
        handler.allow(['elasticloadbalancing:DescribeRules'], ['*'], NO_RESOURCE_TYPE);
        return;
      case 'listeners':
        handler.allow(
          ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'],
          ['*'],
          NO_RESOURCE_TYPE,
        );
        return;
      case 'health':
        handler.allow(
          ['elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'],
          ['*'],
          NO_RESOURCE_TYPE,
        );
        return;
      case 'metrics':
        handler.allow(['cloudwatch:GetMetricData'], ['*'], NO_RESOURCE_TYPE);
        return;
      case 'providers':
        this.#grantProviders(handler);
        return;
      case 'revisions':
        if (this.#props.services !== undefined)
          handler.allow(['ecs:DescribeServices'], Object.values(this.#props.services).map(this.#serviceArn, this));
        return;
      case 'alarms':
        handler.allow(
          ['cloudwatch:DescribeAlarms'],
          ['*'],
          'AWS demands it of everybody who asks for composite alarms as well (API_DescribeAlarms)',
        );
        handler.allow(['cloudwatch:ListAlarmMuteRules'], ['*'], NO_RESOURCE_TYPE);
        return;
      case 'trip':
        handler.allow(
          ['cloudwatch:SetAlarmState'],
          this.#props.rollbackAlarms.map((name) => this.#arn('cloudwatch', 'alarm', name, ':')),
        );
        return;
      case 'tasks':
        this.#grantTasks(handler);
        return;
      case 'surroundings':
        handler.allow(
          ['elasticloadbalancing:DescribeTargetGroupAttributes', 'elasticloadbalancing:DescribeTags'],
          ['*'],
          NO_RESOURCE_TYPE,
        );
        for (const service of Object.values(this.#props.services ?? {}))
          handler.allow(['ecs:DescribeServices'], [this.#serviceArn(service)]);
        return;
      case 'capacity':
        this.#grantTasks(handler);
        this.#grantCapacity(handler);
        return;
      case 'executions':
        handler.allow(
          ['states:DescribeExecution', 'states:StopExecution'],
          [this.#arn('states', 'execution', `${this.#props.machineName}:*`, ':')],
          'Executions of this one machine; their names are the operators’ to choose',
        );
        return;
      case 'ledger':
        allowItems(handler, ledger, LEDGER_ACTIONS, itemsOf(ingressId, 'CUTOVER'));
        return;
      case 'tallies':
        allowItems(handler, ledger, ['dynamodb:Query'], itemsOfRuns(ingressId, 'CUTOVER', 'PARITY'));
        return;
      case 'notify':
        topic.grantPublish(handler.grantee);
        acknowledge(
          handler.grantee,
          'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
          'Written by the CDK for publishing to an encrypted topic, on that one key',
        );
        handler.allow(['events:PutEvents'], [this.#arn('events', 'event-bus', 'default', '/')], undefined, {
          StringEquals: { 'events:source': STATUS_EVENT_SOURCE },
        });
        return;
      case 'exercise':
        if (exerciseFunctionArn !== undefined) handler.allow(['lambda:InvokeFunction'], [exerciseFunctionArn]);
        return;
    }
  }

  #grantProviders(handler: RightsHolder): void {
    const providers = Object.values(this.#props.metricProviders ?? {});
    const secrets = providers.flatMap((p) => (p.type === 'lambda' || p.secretArn === undefined ? [] : [p.secretArn]));
    const functions = providers.flatMap((p) => (p.type === 'lambda' ? [p.functionArn] : []));
    for (const secret of secrets) allowSecret(handler, secret);
    if (functions.length > 0) handler.allow(['lambda:InvokeFunction'], functions);
  }

  /** How many tasks the stable side has, and how they are scaled. */
  #grantTasks(handler: RightsHolder): void {
    const service = this.#props.services?.stable;
    if (service === undefined) return;
    handler.allow(['ecs:DescribeServices'], [this.#serviceArn(service)]);
    handler.allow(['application-autoscaling:DescribeScalableTargets'], ['*'], NO_RESOURCE_TYPE);
  }

  #grantCapacity(handler: RightsHolder): void {
    const service = this.#props.services?.stable;
    if (service === undefined) return;
    handler.allow(['ecs:UpdateService'], [this.#serviceArn(service)]);
    handler.allow(
      ['application-autoscaling:RegisterScalableTarget'],
      [this.#arn('application-autoscaling', 'scalable-target', '*', '/')],
      'The id of a scalable target is AWS’s to choose; the condition leaves ECS services only',
      { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    );
  }

  #serviceArn({ cluster, service }: ServiceRef): string {
    return this.#arn('ecs', 'service', `${cluster}/${service}`, '/');
  }

  #arn(service: string, resource: string, resourceName: string, separator: ':' | '/'): string {
    const { partition, region, account } = Stack.of(this);
    return `arn:${partition}:${service}:${region}:${account}:${resource}${separator}${resourceName}`;
  }
}
