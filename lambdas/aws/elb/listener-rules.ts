/** Reads the rules of a listener completely: conditions, guards, and where they forward. */
import {
  type Action,
  DescribeRulesCommand,
  type DescribeRulesCommandInput,
  type ElasticLoadBalancingV2Client,
  type Rule,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ANY_REQUEST, type ListenerRule, type RuleConditions } from '../../../core/listener/index.ts';

/** Includes the actions themselves, so that they can be written again. */
export interface ElbRule extends ListenerRule {
  readonly guardActions: readonly Action[];
}

const ENDS = ['forward', 'redirect', 'fixed-response'];

/** Reads every page. */
export async function describeRules(
  client: Pick<ElasticLoadBalancingV2Client, 'send'>,
  asked: Pick<DescribeRulesCommandInput, 'ListenerArn' | 'RuleArns'>,
): Promise<ElbRule[]> {
  const found: Rule[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(new DescribeRulesCommand({ ...asked, ...(Marker === undefined ? {} : { Marker }) }));
    found.push(...(page.Rules ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return found.flatMap((rule) => (rule.RuleArn === undefined ? [] : [ruleOf(rule, rule.RuleArn)]));
}

function ruleOf({ Priority, IsDefault, Conditions = [], Actions = [], Transforms = [] }: Rule, arn: string): ElbRule {
  const forward = Actions.find((action) => action.Type === 'forward');
  const sticky = forward?.ForwardConfig?.TargetGroupStickinessConfig;
  const guardActions = guardsOf(Actions);
  return {
    arn,
    priority: IsDefault === true ? Number.POSITIVE_INFINITY : Number(Priority),
    conditions: Conditions.reduce(withCondition, ANY_REQUEST),
    guards: guardActions.map(guardText),
    guardActions,
    forwards: forward === undefined ? null : groupsOf(forward),
    stickySeconds: sticky?.Enabled === true ? (sticky.DurationSeconds ?? null) : null,
    rewrites: Transforms.length > 0,
  };
}

/**
 * The actions of a rule before its last one, in a form that ModifyRule accepts. AWS never returns the client secret,
 * and keeps the present one.
 */
export function guardsOf(actions: readonly Action[]): Action[] {
  return actions
    .filter(({ Type }) => Type !== undefined && !ENDS.includes(Type))
    .map((action) => {
      if (action.AuthenticateOidcConfig === undefined) return action;
      const { ClientSecret: _never, ...config } = action.AuthenticateOidcConfig;
      return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
    });
}

function guardText({ Type, Order: _order, ...config }: Action): string {
  return `${Type} ${JSON.stringify(sorted(config))}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => inner !== undefined && key !== 'UseExistingClientSecret')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A single group is also named directly in the action. */
export function groupsOf({ ForwardConfig, TargetGroupArn }: Action): ReadonlyMap<string, number> {
  const groups = ForwardConfig?.TargetGroups ?? [];
  if (groups.length === 0 && TargetGroupArn !== undefined) return new Map([[TargetGroupArn, 1]]);
  return new Map(groups.map((g) => [g.TargetGroupArn ?? '', g.Weight ?? 1]));
}

function withCondition(conditions: RuleConditions, condition: RuleCondition): RuleConditions {
  const values = (config: { readonly Values?: readonly string[] | undefined } | undefined) =>
    config?.Values ?? condition.Values ?? [];
  const { HostHeaderConfig: host, PathPatternConfig: path, HttpHeaderConfig: header } = condition;
  if (
    [host, path, header].some((config) => (config?.RegexValues ?? []).length > 0) ||
    (condition.RegexValues ?? []).length > 0
  )
    return { ...conditions, opaque: true };
  switch (condition.Field) {
    case 'http-request-method':
      return { ...conditions, methods: [...conditions.methods, ...values(condition.HttpRequestMethodConfig)] };
    case 'host-header':
      return { ...conditions, hosts: [...conditions.hosts, ...values(host)] };
    case 'path-pattern':
      return { ...conditions, paths: [...conditions.paths, ...values(path)] };
    case 'source-ip':
      return { ...conditions, sources: [...conditions.sources, ...values(condition.SourceIpConfig)] };
    case 'http-header': {
      const added = { name: header?.HttpHeaderName ?? '', values: header?.Values ?? [] };
      return { ...conditions, headers: [...conditions.headers, added] };
    }
    case 'query-string': {
      const added = (condition.QueryStringConfig?.Values ?? []).map(({ Key, Value = '' }) => ({
        ...(Key === undefined ? {} : { key: Key }),
        value: Value,
      }));
      return { ...conditions, queries: [...conditions.queries, added] };
    }
    default:
      return { ...conditions, opaque: true };
  }
}

/**
 * The same in ELBv2's format.
 * @throws RangeError for conditions that were not read completely and cannot be written again
 */
export function conditionsFor(of: RuleConditions): RuleCondition[] {
  if (of.opaque === true) throw new RangeError('conditions that are not known here cannot be written');
  const written: RuleCondition[] = [];
  const add = (given: boolean, condition: RuleCondition) => void (given && written.push(condition));
  add(of.methods.length > 0, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: [...of.methods] } });
  add(of.hosts.length > 0, { Field: 'host-header', HostHeaderConfig: { Values: [...of.hosts] } });
  add(of.paths.length > 0, { Field: 'path-pattern', PathPatternConfig: { Values: [...of.paths] } });
  for (const { name, values } of of.headers)
    add(true, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: name, Values: [...values] } });
  for (const query of of.queries)
    add(true, {
      Field: 'query-string',
      QueryStringConfig: {
        Values: query.map(({ key, value }) => ({ ...(key === undefined ? {} : { Key: key }), Value: value })),
      },
    });
  add(of.sources.length > 0, { Field: 'source-ip', SourceIpConfig: { Values: [...of.sources] } });
  return written;
}
