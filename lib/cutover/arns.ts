/** ARNs and their parts; works on tokens as well. CloudWatch uses the parts of ELBv2's as dimensions. */
import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** `targetgroup/<name>/<id>` of `arn:<partition>:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>`. */
export function targetGroupFullName(arn: string): string {
  return Fn.select(5, Fn.split(':', arn));
}

/** `app/<name>/<id>` of `…:listener/app/<name>/<id>/<listener id>`. */
export function loadBalancerFullName(listenerArn: string): string {
  // The parts of a literal are known at synthesis, so two of them can be compared.
  if (!Token.isUnresolved(listenerArn)) return listenerArn.split('/').slice(1, 4).join('/');
  const parts = Fn.split('/', listenerArn);
  return Fn.join(
    '/',
    [1, 2, 3].map((i) => Fn.select(i, parts)),
  );
}

/** ARN of a resource in the account and region of `scope`'s stack, such as `service/<cluster>/<name>` of `ecs`. */
export function arnIn(scope: IConstruct, service: string, resource: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/**
 * Executions of the machine of that name in the stack's account and region; an execution's own name comes after a
 * colon.
 */
export function executionsArn(scope: IConstruct, machineName: string): string {
  return arnIn(scope, 'states', `execution:${machineName}`);
}
