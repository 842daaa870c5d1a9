/**
 * The permissions of handlers, in groups; each becomes IAM statements scoped to ARNs wherever AWS has a resource type.
 */
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MetricProviderInput } from '../../core/model/index.ts';
import { STATUS_EVENT_SOURCE } from '../../core/status/index.ts';
import type { Side } from '../../sides/index.ts';
import { acknowledge, allowItems, allowSecret, itemsOf, itemsOfRuns, type RightsHolder } from '../functions/index.ts';
import { arnIn, executionsArn } from './arns.ts';
import type { ServiceRef } from './cutover-props.ts';

/** The resources to which the permissions of one cutover apply. */
export interface PermittedParts {
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** The table of leases and decision logs: `ledgerTable()`. */
  readonly ledger: ITableV2;
  /** The topic of status messages. */
  readonly topic: ITopic;
  /** The only rules that the cutover may modify. */
  readonly ruleArns: readonly string[];
  /** The sides' ECS services, if they have any. @default - capacity is not changed */
  readonly services?: Readonly<Record<Side, ServiceRef>>;
  /** Load and chaos. @default - none */
  readonly exerciseFunctionArn?: string;
  /** Sources of a plan's metrics outside CloudWatch. @default - none */
  readonly metricProviders?: Readonly<Record<string, MetricProviderInput>>;
  /** Alarms that a drill may trigger. */
  readonly rollbackAlarms: readonly string[];
  /** Name of the state machine; its executions are stopped by a rollback. */
  readonly machineName: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/ lists these actions with no resource type. */
const NO_RESOURCE_TYPE = 'AWS has no resource type for reading these';

type Grant = (holder: RightsHolder, parts: PermittedParts, scope: Construct) => void;

const reading =
  (...actions: readonly string[]): Grant =>
  (holder) =>
    holder.allow(actions, ['*'], NO_RESOURCE_TYPE);

/** The number of stable's tasks, and their scaling. */
const tasks: Grant = (holder, { services }, scope) => {
  if (services === undefined) return;
  holder.allow(['ecs:DescribeServices'], [serviceArn(scope, services.stable)]);
  holder.allow(['application-autoscaling:DescribeScalableTargets'], ['*'], NO_RESOURCE_TYPE);
};

const GRANTS = {
  weights: (holder, { ruleArns }) => {
    holder.allow(['elasticloadbalancing:ModifyRule'], ruleArns);
    holder.allow(['elasticloadbalancing:DescribeRules'], ['*'], NO_RESOURCE_TYPE);
  },
  listeners: reading('elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules'),
  health: reading('elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'),
  metrics: reading('cloudwatch:GetMetricData'),
  providers: (holder, { metricProviders = {} }) => {
    const providers = Object.values(metricProviders);
    const functions = providers.flatMap((p) => (p.type === 'lambda' ? [p.functionArn] : []));
    for (const provider of providers)
      if (provider.type !== 'lambda' && provider.secretArn !== undefined) allowSecret(holder, provider.secretArn);
    if (functions.length > 0) holder.allow(['lambda:InvokeFunction'], functions);
  },
  revisions: (holder, { services }, scope) => {
    if (services === undefined) return;
    holder.allow(
      ['ecs:DescribeServices'],
      Object.values(services).map((service) => serviceArn(scope, service)),
    );
  },
  alarms: (holder) => {
    holder.allow(
      ['cloudwatch:DescribeAlarms'],
      ['*'],
      'AWS demands it of everybody who asks for composite alarms as well (API_DescribeAlarms)',
    );
    holder.allow(['cloudwatch:ListAlarmMuteRules'], ['*'], NO_RESOURCE_TYPE);
  },
  trip: (holder, { rollbackAlarms }, scope) => {
    holder.allow(
      ['cloudwatch:SetAlarmState'],
      rollbackAlarms.map((name) => arnIn(scope, 'cloudwatch', `alarm:${name}`)),
    );
  },
  tasks,
  capacity: (holder, parts, scope) => {
    tasks(holder, parts, scope);
    if (parts.services === undefined) return;
    holder.allow(['ecs:UpdateService'], [serviceArn(scope, parts.services.stable)]);
    holder.allow(
      ['application-autoscaling:RegisterScalableTarget'],
      [arnIn(scope, 'application-autoscaling', 'scalable-target/*')],
      'The id of a scalable target is AWS’s to choose; the condition leaves ECS services only',
      { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    );
  },
  surroundings: (holder, { services = {} }, scope) => {
    holder.allow(
      ['elasticloadbalancing:DescribeTargetGroupAttributes', 'elasticloadbalancing:DescribeTags'],
      ['*'],
      NO_RESOURCE_TYPE,
    );
    for (const service of Object.values(services)) holder.allow(['ecs:DescribeServices'], [serviceArn(scope, service)]);
  },
  executions: (holder, { machineName }, scope) => {
    holder.allow(
      ['states:DescribeExecution', 'states:StopExecution', 'states:GetExecutionHistory'],
      [`${executionsArn(scope, machineName)}:*`],
      'Executions of this one machine; their names are the operators’ to choose',
    );
    holder.allow(['states:ListExecutions'], [arnIn(scope, 'states', `stateMachine:${machineName}`)]);
  },
  ledger: (holder, { ingressId, ledger }) => {
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
    allowItems(holder, ledger, actions, itemsOf(ingressId, 'CUTOVER'));
  },
  tallies: (holder, { ingressId, ledger }) => {
    allowItems(holder, ledger, ['dynamodb:Query'], itemsOfRuns(ingressId, 'CUTOVER', 'PARITY'));
  },
  notify: (holder, { topic }, scope) => {
    topic.grantPublish(holder.grantee);
    acknowledge(
      holder.grantee,
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'Written by the CDK for publishing to an encrypted topic, on that one key',
    );
    holder.allow(['events:PutEvents'], [arnIn(scope, 'events', 'event-bus/default')], undefined, {
      StringEquals: { 'events:source': STATUS_EVENT_SOURCE },
    });
  },
  exercise: (holder, { exerciseFunctionArn }) => {
    if (exerciseFunctionArn !== undefined) holder.allow(['lambda:InvokeFunction'], [exerciseFunctionArn]);
  },
} as const satisfies Readonly<Record<string, Grant>>;

export type Permission = keyof typeof GRANTS;

/** @param scope its stack gives the account and region of everything that is named without an ARN */
export function grantPermission(
  permission: Permission,
  holder: RightsHolder,
  parts: PermittedParts,
  scope: Construct,
): void {
  const grant: Grant = GRANTS[permission];
  grant(holder, parts, scope);
}

function serviceArn(scope: Construct, { cluster, service }: ServiceRef): string {
  return arnIn(scope, 'ecs', `service/${cluster}/${service}`);
}
