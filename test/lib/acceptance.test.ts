/**
 * Tests that everything `crossfade accept` deploys is deleted with its stack: nothing is retained, nothing is created
 * outside the stack, and rules are only on its own listener.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { ACCEPTANCE_TAG, acceptanceStackName } from '../../core/acceptance/name.ts';
import { acceptanceApplication } from '../../lib/acceptance-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';

const ID = 'accept-1';

describe('the stack of an acceptance', () => {
  let stack: Stack;
  let template: Template;
  beforeAll(() => {
    const cdk = readFileSync(join(import.meta.dirname, '..', '..', 'cdk.json'), 'utf8');
    const app = templatesOnly(JSON.parse(cdk).context);
    acceptanceApplication(app, { id: ID, plan: {} });
    const [only, ...others] = app.node.children.filter((node) => node instanceof Stack);
    if (only === undefined || others.length > 0) throw new RangeError('not one stack');
    stack = only;
    template = Template.fromStack(only);
  });

  const resources = () => Object.entries(template.toJSON().Resources as Record<string, Record<string, unknown>>);

  it('has a name and a tag by which it is found', () => {
    expect(stack.stackName).toBe(acceptanceStackName(ID));
    expect(stack.tags.tagValues()).toMatchObject({ [ACCEPTANCE_TAG]: ID });
  });

  it('retains nothing', () => {
    const kept = resources().filter(([, { DeletionPolicy, UpdateReplacePolicy }]) =>
      [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy === 'Retain' || policy === 'Snapshot'),
    );
    expect(kept.map(([id]) => id)).toEqual([]);
    const buckets = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(buckets.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete']);
  });

  // Lambda itself creates a log group for a function that has none, and no stack deletes that group.
  it('has every log group that its functions write to', () => {
    const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
    const groups = Object.values(template.findResources('AWS::Logs::LogGroup'));
    const named = new Set(groups.map(({ Properties }) => JSON.stringify(Properties?.LogGroupName ?? '')));
    const without = functions.filter(
      ([id, { Properties }]) =>
        Properties.LoggingConfig?.LogGroup === undefined &&
        !named.has(JSON.stringify({ 'Fn::Join': ['', ['/aws/lambda/', { Ref: id }]] })),
    );
    expect(without.map(([id]) => id)).toEqual([]);
  });

  it('writes rules on its own listener alone', () => {
    const [listener, ...others] = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::Listener'));
    expect(others).toEqual([]);
    const rules = Object.values(template.findResources('Custom::WeightedRule'));
    expect(rules).toHaveLength(1);
    for (const { Properties } of rules) expect(Properties.ListenerArn).toEqual({ Ref: listener });
  });
});
