/** Rules, listeners and target groups in ELBv2's response format. */
import type { LoadBalancerModel, RuleModel, TargetGroupModel } from '../../machine/index.ts';
import { type LocalListener, ruleArnPrefix } from './elbv2-model.ts';

export function describeDefault({ arn, defaultActions }: LocalListener) {
  return {
    RuleArn: `${ruleArnPrefix(arn)}/default`,
    Priority: 'default',
    IsDefault: true,
    Conditions: [],
    Actions: defaultActions ?? [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  };
}

export function describeRule({ arn, priority, conditions, guards = [], forward }: RuleModel) {
  const { groups, stickiness } = forward;
  const { methods, paths, hosts, headers = [], queries = [], sources } = conditions;
  return {
    RuleArn: arn,
    Priority: String(priority),
    IsDefault: false,
    Conditions: [
      ...(methods === undefined
        ? []
        : [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: methods } }]),
      ...(paths === undefined ? [] : [{ Field: 'path-pattern', Values: paths, PathPatternConfig: { Values: paths } }]),
      ...(hosts === undefined ? [] : [{ Field: 'host-header', Values: hosts, HostHeaderConfig: { Values: hosts } }]),
      ...headers.map(({ name, values }) => ({
        Field: 'http-header',
        HttpHeaderConfig: { HttpHeaderName: name, Values: values },
      })),
      ...queries.map((values) => ({
        Field: 'query-string',
        QueryStringConfig: { Values: values.map(({ key, value }) => ({ Key: key, Value: value })) },
      })),
      ...(sources === undefined ? [] : [{ Field: 'source-ip', SourceIpConfig: { Values: sources } }]),
    ],
    Actions: [
      ...guards,
      {
        Type: 'forward',
        Order: guards.length + 1,
        ForwardConfig: {
          TargetGroups: groups.map((g) => ({ TargetGroupArn: g.targetGroupArn, Weight: g.weight })),
          TargetGroupStickinessConfig: {
            Enabled: stickiness.enabled,
            DurationSeconds: stickiness.enabled ? stickiness.durationSeconds : undefined,
          },
        },
      },
    ],
  };
}

export function describeGroup(
  { arn: lb }: LoadBalancerModel,
  { arn, fullName, healthCheck, protocolVersion = 'HTTP1', loadBalancerArn = lb }: TargetGroupModel,
) {
  return {
    TargetGroupArn: arn,
    TargetGroupName: fullName.split('/')[1],
    TargetType: 'ip',
    Protocol: 'HTTP',
    ProtocolVersion: protocolVersion,
    HealthCheckPath: healthCheck.path,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: [loadBalancerArn],
  };
}
