/** The parts of ELBv2's ARNs that CloudWatch uses as dimensions; works on tokens as well. */
import { Fn, Token } from 'aws-cdk-lib';

/** `targetgroup/<name>/<id>` of `arn:<partition>:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>`. */
export function targetGroupFullName(arn: string): string {
  return Fn.select(5, Fn.split(':', arn));
}

/** `app/<name>/<id>` of `…:listener/app/<name>/<id>/<listener id>`. */
export function loadBalancerFullName(listenerArn: string): string {
  // Of a literal the parts are known now, and then two of them can be compared.
  if (!Token.isUnresolved(listenerArn)) return listenerArn.split('/').slice(1, 4).join('/');
  const parts = Fn.split('/', listenerArn);
  return Fn.join(
    '/',
    [1, 2, 3].map((i) => Fn.select(i, parts)),
  );
}
