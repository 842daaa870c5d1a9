import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { athenaDatabase } from '../../core/model/ids.ts';
import { attachedApplication } from '../../lib/attached-application.ts';
import { stackName } from '../../lib/stack-name.ts';
import { ObservabilityStack } from '../../lib/stacks/observability-stack.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { ATTACHMENT } from './attachment.ts';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) })),
});

/** Properties that name a resource uniquely in the whole account and region. */
const NAMES = [
  'AlarmName',
  'DashboardName',
  'FunctionName',
  'GroupName',
  'LogGroupName',
  'ManagedPolicyName',
  'QueryDefinitionName',
  'RoleName',
  'RuleName',
  'StateMachineName',
  'TopicName',
];

/** Returns the names of the stacks, and every fixed name of a resource in them. */
function namesOf(build: (app: App) => void): string[] {
  const app = templatesOnly();
  build(app);
  return app.synth().stacks.flatMap((stack) => {
    const { Resources } = templateSchema.parse(stack.template);
    const fixed = Object.values(Resources).flatMap(({ Type, Properties }) => fixedNames(Type, Properties));
    return [`stack ${stack.stackName}`, ...fixed];
  });
}

function fixedNames(type: string, properties: Readonly<Record<string, unknown>>): string[] {
  if (type === 'AWS::Lambda::Permission' || type === 'AWS::Lambda::Version') return [];
  const own = NAMES.flatMap((name) => properties[name] ?? []);
  const inner = Object.values(properties.DatabaseInput ?? {});
  return [...own, ...inner.filter((value) => typeof value === 'string' && value.includes('crossfade'))]
    .filter((name) => typeof name === 'string')
    .map((name) => `${type} ${name}`);
}

describe('a second ingress in one account', () => {
  it('takes nothing of the first', () => {
    const attached = (ingressId: string) => (app: App) => attachedApplication(app, { ...ATTACHMENT, ingressId }, {});
    const first = namesOf(attached('shop_eu'));
    const second = new Set(namesOf(attached('shop-us')));
    expect(first.length).toBeGreaterThan(12);
    expect(first.filter((name) => second.has(name))).toEqual([]);
  });

  it('has stacks of its own: their names tell ingresses apart that CloudFormation would write alike', () => {
    expect(stackName('CrossfadeCutover', 'a_b')).not.toBe(stackName('CrossfadeCutover', 'a-b'));
    expect(stackName('CrossfadeCutover', 'a_b')).toMatch(/^[A-Za-z][A-Za-z0-9-]*$/);
  });

  it.each([
    ['a_b', 'a-b'],
    ['Shop', 'shop'],
    ['payments-production-eu-orders', 'payments-production-eu-items'],
  ])('has names of its own where a service of AWS would write %s as %s', (one, other) => {
    expect(athenaDatabase(one)).not.toBe(athenaDatabase(other));
    expect(athenaDatabase(one)).toMatch(/^[a-z0-9_]+$/);
    const traces = (ingressId: string) => {
      const app = templatesOnly();
      const stack = new Stack(app, 'Logs');
      const logGroup = new LogGroup(stack, 'Group') as ILogGroup;
      const logGroups = { stable: logGroup, candidate: logGroup, mirror: logGroup };
      const template = Template.fromStack(new ObservabilityStack(app, 'Observability', { ingressId, logGroups }));
      return Object.values(template.findResources('AWS::XRay::Group')).map(({ Properties }) => Properties.GroupName);
    };
    expect(traces(one)).not.toEqual(traces(other));
    // https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html
    for (const name of traces(one)) expect(name).toMatch(/^.{1,32}$/);
  });

  it('finds no fixed name in the reference application that is without its ingress', async () => {
    const { resources } = await sharedAssembly();
    const fixed = resources.flatMap(({ type, properties }) => fixedNames(type, properties));
    expect(fixed.length).toBeGreaterThan(12);
    expect(fixed.filter((name) => !name.includes('gateway'))).toEqual([]);
  });
});
