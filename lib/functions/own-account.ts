import { Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * The roles that the construct has made so far are taken by their service for resources of this account, and of no
 * other (the confused deputy). An override, and not roles of our own: a task definition with another role is a new
 * revision, which restarts its service.
 *
 * Not for functions' roles: Lambda does not say for whose function it takes one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function forOwnAccount(construct: IConstruct): void {
  for (const role of construct.node.findAll())
    if (role instanceof CfnRole)
      role.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', {
        StringEquals: { 'aws:SourceAccount': Stack.of(role).account },
      });
}
