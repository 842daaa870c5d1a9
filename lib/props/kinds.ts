/** The kinds of values that props take. A token is a text or a number like any other, and unknown at synthesis. */
import { type Duration, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import * as z from 'zod';
import { deploymentSchema } from '../../core/model/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import { readJson } from '../../json/index.ts';
import { isKnownNow } from './place.ts';

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
  return limited('', least, most, () => true);
}

export function wholeNumberFrom(least: number, most: number) {
  return limited('a whole number ', least, most, Number.isInteger);
}

function limited(what: string, least: number, most: number, isOne: (value: number) => boolean) {
  return z.number().refine((value) => Token.isUnresolved(value) || (isOne(value) && value >= least && value <= most), {
    error: ({ input }) =>
      `must be ${what}from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}, not ${input}`,
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

/** Tokens are unknown at synthesis, like the placeholder of a lookup. @param what completes "must be …" */
function anArn(pattern: RegExp, what: string) {
  return aText.refine((arn) => !isKnownNow(arn) || pattern.test(arn), {
    error: ({ input }) => `must be the ARN of ${what}, not "${input}"`,
  });
}

const TARGET_GROUP_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:targetgroup\/[^/]+\/[^/]+$/;
const APPLICATION_LISTENER_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener\/app\/[^/]+\/[^/]+\/[^/]+$/;
const RULE_ARN = /^arn:[^:]+:elasticloadbalancing:[^:]+:\d*:listener-rule\/app\//;
export const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d*:function:/;
export const aTargetGroupArn = anArn(TARGET_GROUP_ARN, 'a target group');
export const anApplicationListenerArn = anArn(APPLICATION_LISTENER_ARN, "an application load balancer's listener");
export const aRuleArn = anArn(RULE_ARN, "a listener's rule");
export const aFunctionArn = anArn(FUNCTION_ARN, 'a function');
export const anAlarmArn = anArn(/^arn:[^:]+:cloudwatch:[^:]+:\d*:alarm:/, 'an alarm');
export const aManagedPolicyArn = anArn(/^arn:[\w-]+:iam::(?:\d{12}|aws):policy\//, 'a managed policy');
export const aSecretArn = anArn(/^arn:[^:]+:secretsmanager:/, 'a secret');
export const aMachineName = matching(/^[\w-]{1,80}$/, '1 to 80 letters, digits, - or _');
export const anAlarmName = aText.min(1).max(255);
/** Messages link to it, and a client opens it. */
export const aWebAddress = aText.refine(
  (url) => Token.isUnresolved(url) || (/^https?:\/\/[\x21-\x7e]+$/.test(url) && URL.canParse(url)),
  { error: ({ input }) => `must be the address of a page (https://…), not "${input}"` },
);

/** An object that AWS knows by an ARN. @param what completes "must be …" */
export function byArn<Value extends object>(what: string, member: keyof Value & string, arn: z.ZodType) {
  return thatHas<Value>(what, member).superRefine((value, context) => {
    for (const { message } of arn.safeParse(value[member], { error: wordIssue }).error?.issues ?? [])
      context.addIssue({ code: 'custom', message });
  });
}

/** For a value in a file that is written at synthesis. */
export function knownNow<Schema extends z.ZodType>(schema: Schema) {
  return schema.refine((value) => !Token.isUnresolved(value), { error: 'must be known when the stack is synthesised' });
}

export const anIngressId = knownNow(matching(INGRESS_ID, '1 to 40 letters, digits, - or _'));
/** Names as metrics have them; an ARN would make an alarm that never sees a request. */
export const aLoadBalancerName = matching(/^[a-z]+\/[^/]+\/[^/]+$/, 'app/<name>/<id>');
export const aTargetGroupName = matching(/^targetgroup\/[^/]+\/[^/]+$/, 'targetgroup/<name>/<id>');
export const aTable = thatHas<ITableV2>('a table, as ledgerTable() makes it', 'tableName', 'tableArn');
export const aTopic = thatHas<ITopic>('a topic of SNS', 'topicArn');
export const aStateMachine = thatHas<StateMachine>('a state machine', 'stateMachineArn', 'stateMachineName');
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
const ECS_NAME = /^[A-Za-z0-9_-]{1,255}$/;
const aService = z.strictObject({
  cluster: matching(ECS_NAME, 'the name of a cluster'),
  service: matching(ECS_NAME, 'the name of a service'),
});
/** The ECS services of both sides, by name. The decommission scales stable's service down to zero. */
export const bothServices = z
  .strictObject({ stable: aService, candidate: aService })
  .refine(({ stable, candidate }) => stable.cluster !== candidate.cluster || stable.service !== candidate.service, {
    error: 'must be another service than services.stable',
    path: ['candidate'],
  });
export const anAccount = matching(/^\d{12}$/, 'the twelve digits of an account');
export const aDuration = thatHas<Duration>('a Duration of the CDK, such as Duration.days(30)', 'toSeconds').refine(
  (duration) => !duration.isUnresolved(),
  { error: 'must be known when the stack is synthesised', abort: true },
);
/** Captures are kept by the day. */
export const wholeDays = aDuration
  .refine((duration) => Number.isInteger(duration.toDays({ integral: false })), { error: 'must be whole days' })
  .refine((duration) => duration.toDays({ integral: false }) >= 1, { error: 'must be at least one day' });
/** JSON of core/model/deployment.ts, mostly with tokens in it. */
export const aDeployment = aText.superRefine((text, context) => {
  if (Token.isUnresolved(text)) return;
  const read = readJson(Buffer.from(text));
  const { error } = deploymentSchema.safeParse(read.ok ? read.value : undefined, { error: wordIssue });
  if (error !== undefined)
    context.addIssue({
      code: 'custom',
      message: `must be the JSON of a deployment: ${read.ok ? describeProblems(error, 'it') : `it ${read.problem}`}`,
    });
});
