import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { attachedApplication } from '../../lib/attached-application.ts';
import { stackName } from '../../lib/stack-name.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { ATTACHMENT } from './attachment.ts';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}).default({}) })),
});

/** Properties by which AWS knows a resource in the whole account and region. */
const NAMES = [
  'AlarmName',
  'DashboardName',
  'FunctionName',
  'LogGroupName',
  'ManagedPolicyName',
  'QueryDefinitionName',
  'RoleName',
  'RuleName',
  'StateMachineName',
  'TopicName',
];

/** Stacks, and everything in them that carries a fixed name. */
function namesOf(build: (app: App) => void): string[] {
  const app = new App();
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
  const inner = [properties.DatabaseInput, properties.SamplingRule].flatMap((p) => Object.values(p ?? {}));
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

  it('finds no fixed name in the reference application that is without its ingress', async () => {
    const { resources } = await sharedAssembly();
    const fixed = resources.flatMap(({ type, properties }) => fixedNames(type, properties));
    expect(fixed.length).toBeGreaterThan(12);
    expect(fixed.filter((name) => !name.includes('gateway'))).toEqual([]);
  });
});
