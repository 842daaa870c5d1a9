import { createHash } from 'node:crypto';
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { CfnGroup } from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';
import type { Side } from '../../sides/index.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly ingressId: string;
  readonly logGroups: Readonly<Record<Side | 'mirror', ILogGroup>>;
}

/** X-Ray indexes a group's traces by this; the services name themselves in `service.name`. */
const SERVICES = ['gateway-node', 'gateway-go', 'crossfade-mirror'];

/** The longest name of a group (https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html). */
const MAX_GROUP_NAME = 32;

/** Queries for when the dashboard is red: one request on both sides, and the errors of one side. Moves no traffic. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { ingressId, logGroups } = props;
    const all = Object.values(logGroups);
    new QueryDefinition(this, 'OneRequest', {
      queryDefinitionName: `crossfade/${ingressId}/one request on both sides`,
      logGroups: all,
      queryString: new QueryString({
        fields: ['@timestamp', '@log', 'side', 'status', 'ms', 'requestId', 'traceId', 'method', 'path'],
        filterStatements: ['requestId = "put the request id here"'],
        sort: '@timestamp asc',
      }),
    });
    new QueryDefinition(this, 'Errors', {
      queryDefinitionName: `crossfade/${ingressId}/errors by side and path`,
      logGroups: all,
      queryString: new QueryString({
        filterStatements: ['status >= 500'],
        statsStatements: ['count(*) as errors, earliest(requestId) as example by side, path'],
        sort: 'errors desc',
      }),
    });
    new CfnGroup(this, 'Traces', {
      groupName: groupName(ingressId),
      filterExpression: SERVICES.map((name) => `service("${name}")`).join(' OR '),
      insightsConfiguration: { insightsEnabled: true, notificationsEnabled: false },
    });
  }
}

/** For a long ingress the name is shortened, with a suffix that keeps it unique. */
function groupName(ingressId: string): string {
  const whole = `crossfade-${ingressId}`;
  if (whole.length <= MAX_GROUP_NAME) return whole;
  const hash = createHash('sha256').update(ingressId).digest('hex').slice(0, 8);
  return `${whole.slice(0, MAX_GROUP_NAME - hash.length - 1)}-${hash}`;
}
