import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { CfnGroup, CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';

export interface ObservabilityStackProps extends StackProps {
  readonly ingressId: string;
  readonly logGroups: Readonly<Record<'stable' | 'candidate' | 'mirror', ILogGroup>>;
}

/** X-Ray indexes a group's traces by this; the services name themselves in `service.name`. */
const SERVICES = ['gateway-node', 'gateway-go', 'crossfade-mirror'];

/** Share of requests whose trace is kept, beyond one a second; the sides are sampled alike, or their traces do not compare. */
const TRACED_SHARE = 0.05;

/** What people ask when the dashboard is red: one request on both sides, and the errors of one side. Moves nothing. */
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
      groupName: `crossfade-${ingressId}`,
      filterExpression: SERVICES.map((name) => `service("${name}")`).join(' OR '),
      insightsConfiguration: { insightsEnabled: true, notificationsEnabled: false },
    });
    new CfnSamplingRule(this, 'Sampling', {
      samplingRule: {
        ruleName: `crossfade-${ingressId}`.slice(0, 32),
        priority: 100,
        version: 1,
        fixedRate: TRACED_SHARE,
        reservoirSize: 1,
        serviceName: '*',
        serviceType: '*',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
      },
    });
  }
}
