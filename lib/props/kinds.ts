/** The kinds of values that props take. A token is a text or a number like any other, and unknown at synthesis. */
import { type Duration, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import * as z from 'zod';

/** Used in the names of alarms and functions. */
export const INGRESS_ID = /^[A-Za-z0-9_-]{1,40}$/;

export const aText = z.string();

/** @param what completes "must be …" */
export function matching(pattern: RegExp, what: string) {
  return aText.refine((text) => Token.isUnresolved(text) || pattern.test(text), {
    error: ({ input }) => `must be ${what}, not "${input}"`,
  });
}

export function numberFrom(least: number, most: number) {
  return z.number().refine((value) => Token.isUnresolved(value) || (value >= least && value <= most), {
    error: ({ input }) => `must be from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}, not ${input}`,
  });
}

/** A construct, or another object, that has these members. @param what completes "must be …" */
export function thatHas<Value>(what: string, ...members: readonly string[]) {
  return z.custom<Value>(
    (value) =>
      typeof value === 'object' && value !== null && members.every((name) => Reflect.get(value, name) !== undefined),
    { error: `must be ${what}` },
  );
}

export const anIngressId = matching(INGRESS_ID, '1 to 40 letters, digits, - or _');
/** Names as metrics have them; an ARN would make an alarm that never sees a request. */
export const aLoadBalancerName = matching(/^[a-z]+\/[^/]+\/[^/]+$/, 'app/<name>/<id>');
export const aTargetGroupName = matching(/^targetgroup\/[^/]+\/[^/]+$/, 'targetgroup/<name>/<id>');
export const aTable = thatHas<ITableV2>('a table, as ledgerTable() makes it', 'tableName', 'tableArn');
export const aTopic = thatHas<ITopic>('a topic of SNS', 'topicArn');
export const aStateMachine = thatHas<StateMachine>('a state machine', 'stateMachineArn', 'stateMachineName');
const aService = z.strictObject({ cluster: aText, service: aText });
/** The ECS services of both sides, by name. */
export const bothServices = z.strictObject({ stable: aService, candidate: aService });
export const anAccount = matching(/^\d{12}$/, 'the twelve digits of an account');
export const aDuration = thatHas<Duration>('a Duration of the CDK, such as Duration.days(30)', 'toSeconds');
/** Captures are kept by the day. */
export const wholeDays = aDuration.refine((duration) => Number.isInteger(duration.toDays({ integral: false })), {
  error: 'must be whole days',
});
