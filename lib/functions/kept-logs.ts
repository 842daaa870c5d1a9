/** The log group of something that stands outside a function, kept for a month. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** A first deploy that fails takes it along; later nothing does. */
export function keptLogs(scope: Construct, id: string): ILogGroup {
  // As in handler-function.ts: the class says `T | undefined` where its interface says `T?`.
  return new LogGroup(scope, id, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  }) as ILogGroup;
}
