import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { attachedApplication, parseAttachment } from '../../lib/attached-application.ts';
import { templatesOnly } from '../support/cdk-app.ts';

/**
 * Service principals, which are the same in every partition
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
 */
const PRINCIPAL = /"[a-z.-]+\.amazonaws\.com"/g;

describe.each([
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
])('a deployment in %s', (partition, region) => {
  const arn = (rest: string) => `arn:${partition}:elasticloadbalancing:${region}:111122223333:${rest}`;
  const attachment = parseAttachment({
    ingressId: 'shop',
    listeners: [{ arn: arn('listener/app/shop/1/2'), priority: 5, paths: ['/api/*'] }],
    groups: {
      stable: arn('targetgroup/stable/1'),
      candidate: arn('targetgroup/candidate/1'),
      mirrorForward: arn('targetgroup/mirror/1'),
      mirrorReverse: arn('targetgroup/reverse/1'),
    },
    services: { stable: { cluster: 'c', service: 's' }, candidate: { cluster: 'c', service: 't' } },
    exerciseFunctionArn: `arn:${partition}:lambda:${region}:111122223333:function:load`,
  });

  it('names no other partition, and no address of one', () => {
    const app = templatesOnly();
    attachedApplication(app, attachment, {});
    const text = JSON.stringify(
      app.node.children.flatMap((node) => (node instanceof Stack ? [Template.fromStack(node).toJSON()] : [])),
    );
    expect(text).toContain(arn('listener/app/shop/1/2'));
    expect(
      [...text.matchAll(/arn:aws[\w-]*:/g)].map(([found]) => found).filter((found) => found !== `arn:${partition}:`),
    ).toEqual([]);
    expect(text.replaceAll(PRINCIPAL, '')).not.toContain('amazonaws.com');
  });
});
