/** Listeners with all their rules. */
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  type Rule,
  type TagDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ListenerFacts, RuleFacts, Tags } from '../../../core/doctor/index.ts';
import { type Clients, unlessMissing } from './clients.ts';

/** DescribeTags takes at most 20 resources. */
const TAGS_PAGE = 20;

export async function lookAtListener({ elb }: Clients, arn: string): Promise<ListenerFacts> {
  const found = await unlessMissing(elb.send(new DescribeListenersCommand({ ListenerArns: [arn] })));
  const listener = found?.Listeners?.[0];
  if (listener === undefined) return { arn, loadBalancerArn: null, rules: [], tags: {} };
  const rules = await rulesOf(elb, arn);
  const tags = await tagsOf(elb, [
    arn,
    ...rules.flatMap(({ RuleArn, IsDefault }) => (IsDefault ? [] : (RuleArn ?? []))),
  ]);
  return {
    arn,
    loadBalancerArn: listener.LoadBalancerArn ?? null,
    rules: rules.map((rule) => ruleFacts(rule, tags)),
    tags: tags.get(arn) ?? {},
  };
}

async function rulesOf(elb: Clients['elb'], ListenerArn: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  let Marker: string | undefined;
  do {
    const page = await elb.send(new DescribeRulesCommand({ ListenerArn, ...(Marker === undefined ? {} : { Marker }) }));
    rules.push(...(page.Rules ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return rules;
}

export async function tagsOf(elb: Clients['elb'], arns: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const found: TagDescription[] = [];
  for (let i = 0; i < arns.length; i += TAGS_PAGE) {
    const page = await elb.send(new DescribeTagsCommand({ ResourceArns: arns.slice(i, i + TAGS_PAGE) }));
    found.push(...(page.TagDescriptions ?? []));
  }
  return new Map(
    found.map(({ ResourceArn, Tags: tags = [] }) => [
      ResourceArn ?? '',
      Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    ]),
  );
}

function ruleFacts(rule: Rule, tags: ReadonlyMap<string, Tags>): RuleFacts {
  const { RuleArn = '', Priority, Conditions = [], Actions = [] } = rule;
  return {
    arn: RuleArn,
    priority: Priority === undefined || Priority === 'default' ? null : Number(Priority),
    paths: Conditions.flatMap((c) =>
      c.Field === 'path-pattern' ? (c.PathPatternConfig?.Values ?? c.Values ?? []) : [],
    ),
    otherConditions: Conditions.flatMap((c) => (c.Field === undefined || c.Field === 'path-pattern' ? [] : [c.Field])),
    actions: [...Actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).map(({ Type }) => Type ?? ''),
    groups: [
      ...new Set(
        Actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
          ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
          ...(ForwardConfig?.TargetGroups ?? []).flatMap((g) => g.TargetGroupArn ?? []),
        ]),
      ),
    ],
    tags: tags.get(RuleArn) ?? {},
  };
}
