/** What organisations demand of everything that is made in their accounts. */
import { Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface AccountDemands {
  /** ARN of a managed policy that bounds every role. @default - no boundary */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Of everything that takes tags. @default - none */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Everything below `scope` meets them. */
export function meetDemands(scope: Construct, { permissionsBoundaryArn, tags = {} }: AccountDemands): void {
  if (permissionsBoundaryArn !== undefined)
    PermissionsBoundary.of(scope).apply(ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', permissionsBoundaryArn));
  for (const [key, value] of Object.entries(tags)) Tags.of(scope).add(key, value);
}
