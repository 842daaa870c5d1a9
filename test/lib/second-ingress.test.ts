import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { attachedApplication } from '../../lib/attached-application.ts';
import { referenceApplication } from '../../lib/reference-application.ts';
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
    const fixed = Object.values(Resources).flatMap(({ Type, Properties }) => {
      if (Type === 'AWS::Lambda::Permission' || Type === 'AWS::Lambda::Version') return [];
      const own = NAMES.flatMap((name) => Properties[name] ?? []);
      const inner = [Properties.DatabaseInput, Properties.SamplingRule].flatMap((p) => Object.values(p ?? {}));
      return [...own, ...inner.filter((value) => typeof value === 'string' && value.includes('crossfade'))]
        .filter((name) => typeof name === 'string')
        .map((name) => `${Type} ${name}`);
    });
    return [`stack ${stack.stackName}`, ...fixed];
  });
}

describe('a second ingress in one account', () => {
  it.each([
    ['of the reference application', (ingressId: string) => (app: App) => referenceApplication(app, { ingressId })],
    [
      'that is attached',
      (ingressId: string) => (app: App) => attachedApplication(app, { ...ATTACHMENT, ingressId }, {}),
    ],
  ])('%s takes nothing of the first', (_what, built) => {
    const first = namesOf(built('shop_eu'));
    const second = new Set(namesOf(built('shop-us')));
    expect(first.length).toBeGreaterThan(12);
    expect(first.filter((name) => second.has(name))).toEqual([]);
  });

  it('keeps its ids for the CDK’s commands', () => {
    const app = new App();
    referenceApplication(app, { ingressId: 'shop' });
    expect(app.node.children.map((stack) => stack.node.id)).toContain('CrossfadeCutover');
  });
});
