/**
 * What an alarm's transition sends out: the payload of its direct Lambda action, the SNS message, the EventBridge
 * event. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */

import type { LocalEvent } from '../events/index.ts';
import { ACCOUNT, REGION } from '../template/index.ts';
import { type AlarmTransition, type LocalAlarm, queriesOf } from './alarms.ts';

/** `at` is simulated time, in milliseconds since the epoch. */
export interface AlarmNews {
  readonly transition: AlarmTransition;
  readonly arn: string;
  readonly at: number;
}

/** ARNs of the actions of the state that was entered; empty while actions are disabled. */
export function actionsOf({ properties, state }: LocalAlarm): readonly string[] {
  if (!properties.ActionsEnabled) return [];
  const { AlarmActions, OKActions, InsufficientDataActions } = properties;
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
}

export function lambdaAction({ transition, arn, at }: AlarmNews): Record<string, unknown> {
  const { alarm } = transition;
  return {
    source: 'aws.cloudwatch',
    alarmArn: arn,
    accountId: ACCOUNT,
    time: timestamp(at),
    region: REGION,
    alarmData: {
      alarmName: alarm.properties.AlarmName,
      ...states(transition, at),
      configuration: configuration(alarm),
    },
  };
}

export function stateChangeEvent({ transition, arn, at }: AlarmNews): LocalEvent {
  const { alarm } = transition;
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [arn],
    detail: { alarmName: alarm.properties.AlarmName, ...states(transition, at), configuration: configuration(alarm) },
  };
}

export function snsMessage({ transition, arn, at }: AlarmNews): { subject: string; body: string } {
  const { alarm, from, reason } = transition;
  const { AlarmName, AlarmDescription } = alarm.properties;
  const body = {
    AlarmName,
    AlarmDescription: AlarmDescription ?? null,
    AWSAccountId: ACCOUNT,
    NewStateValue: alarm.state,
    NewStateReason: reason,
    StateChangeTime: timestamp(at),
    Region: REGION,
    AlarmArn: arn,
    OldStateValue: from,
  };
  return { subject: `${alarm.state}: "${AlarmName}" in ${REGION}`, body: JSON.stringify(body) };
}

function states({ alarm, from, reason }: AlarmTransition, at: number) {
  return { state: { value: alarm.state, reason, timestamp: timestamp(at) }, previousState: { value: from } };
}

function configuration({ properties }: LocalAlarm) {
  return {
    description: properties.AlarmDescription,
    metrics: queriesOf(properties).map(({ Id, Expression, MetricStat, ReturnData }) => ({
      id: Id,
      ...(Expression === undefined ? {} : { expression: Expression }),
      ...(MetricStat === undefined
        ? {}
        : {
            metricStat: {
              metric: {
                namespace: MetricStat.Metric.Namespace,
                name: MetricStat.Metric.MetricName,
                dimensions: Object.fromEntries(MetricStat.Metric.Dimensions.map((d) => [d.Name, d.Value])),
              },
              period: MetricStat.Period,
              stat: MetricStat.Stat,
            },
          }),
      returnData: ReturnData,
    })),
  };
}

/** CloudWatch writes the offset as +0000. */
function timestamp(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
