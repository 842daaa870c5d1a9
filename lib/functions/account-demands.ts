/** Requirements of organisations for everything that is created in their accounts. */
import { Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface AccountDemands {
  /** ARN of a managed policy that limits every role. @default - no boundary */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Tags for everything that supports them. @default - none */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Applies them to everything below `scope`. */
export function meetDemands(scope: Construct, { permissionsBoundaryArn, tags = {} }: AccountDemands): void {
  if (permissionsBoundaryArn !== undefined)
    PermissionsBoundary.of(scope).apply(ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', permissionsBoundaryArn));
  for (const [key, value] of Object.entries(tags)) Tags.of(scope).add(key, value);
}
