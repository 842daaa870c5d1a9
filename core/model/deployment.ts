/**
 * What was deployed: the names and ARNs that handlers need, written by the stacks into one environment variable
 * (`CROSSFADE_DEPLOYMENT`, JSON) and parsed here once. Alarm names are fixed at synthesis, so nothing is looked up.
 */
import * as z from 'zod';
import { deploymentOfToday } from './earlier.ts';
import { ingressIdSchema, ruleArnSchema, targetGroupArnSchema } from './ids.ts';
import type { Plan } from './plan.ts';

/** The part a target group plays. `mirrorForward` answers from stable, `mirrorReverse` from candidate; both copy to the other. */
export const GROUP_ROLES = ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

const targetGroupSchema = z.strictObject({
  arn: targetGroupArnSchema,
  /** Value of CloudWatch's TargetGroup dimension: `targetgroup/<name>/<id>`. */
  fullName: z.string().min(1),
});

const serviceSchema = z.strictObject({
  cluster: z.string().min(1),
  service: z.string().min(1),
});

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const askedSchema = z.strictObject({
  /** How long one query may take before the metric holds, in seconds. */
  timeoutSeconds: z.number().min(0.1).max(15).default(5),
});
const addressedSchema = askedSchema.extend({
  /** Base address, HTTPS or of this machine: a secret goes with the request. The functions of a cutover are in no VPC. */
  url,
  /** ARN of a secret of Secrets Manager: JSON with `headers` that go with each request, and a `signingKey` for providers over HTTP. */
  secretArn: z
    .string()
    .regex(/^arn:[^:]+:secretsmanager:/, { error: 'must be the ARN of a secret' })
    .optional(),
});
const prometheusSchema = addressedSchema.extend({ type: z.literal('prometheus') });
const datadogSchema = addressedSchema.extend({
  type: z.literal('datadog'),
  url: url.default('https://api.datadoghq.com'),
});
const httpSchema = addressedSchema.extend({ type: z.literal('http') });
const functionSchema = askedSchema.extend({
  type: z.literal('lambda'),
  /** ARN of the function that answers; it may be in a VPC. */
  functionArn: z.string().regex(/^arn:[^:]+:lambda:/, { error: 'must be the ARN of a function' }),
});

export const metricProviderSchema = z.discriminatedUnion('type', [
  prometheusSchema,
  datadogSchema,
  httpSchema,
  functionSchema,
]);
/** Where a plan's metrics may be read outside CloudWatch (docs/reference/metric-providers.md). */
export type MetricProvider = z.infer<typeof metricProviderSchema>;
export type MetricProviderInput = z.input<typeof metricProviderSchema>;

const deploymentShape = z.object({
  ingressId: ingressIdSchema,
  loadBalancer: z.strictObject({
    /** Value of CloudWatch's LoadBalancer dimension: `app/<name>/<id>`. */
    fullName: z.string().min(1),
  }),
  /** Every rule that the cutover owns. A rule lists the groups that it forwards to, 1 to 5 of them; `cohort`: it matches testers alone. */
  rules: z
    .array(
      z.strictObject({
        arn: ruleArnSchema,
        roles: z.array(z.enum(GROUP_ROLES)).min(2).max(5),
        cohort: z.literal(true).optional(),
        /** It demands a login or a token before it forwards, which every write of weights must leave standing. */
        guarded: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(20),
  targetGroups: z.strictObject({
    stable: targetGroupSchema,
    candidate: targetGroupSchema,
    mirrorForward: targetGroupSchema.optional(),
    mirrorReverse: targetGroupSchema.optional(),
  }),
  services: z
    .strictObject({ stable: serviceSchema, candidate: serviceSchema, mirror: serviceSchema.optional() })
    .optional(),
  /** Alarms of which a single one in ALARM rolls back. */
  rollbackAlarms: z.array(z.string().min(1)).max(100),
  /** Alarms that only concern the shadow: in ALARM they close the mirror, and hold or end the shadow phase. */
  shadowAlarms: z.array(z.string().min(1)).max(100),
  /** Load and chaos run by this function while the mirror is open; absent: the phase only observes. */
  exerciseFunction: z.string().min(1).optional(),
  topicArn: z.string().min(1).optional(),
  /** The user's own runbook, which messages link instead of the deployed one. */
  runbookUrl: z.url().optional(),
  /** Sources of a plan's own metrics outside CloudWatch, by the names that plans use. */
  metricProviders: z.record(z.string(), metricProviderSchema).optional(),
  /** For how many days captures are kept after they were written; absent: there is no such limit. */
  shadowLogDays: z.int().min(1).optional(),
  ledgerTable: z.string().min(1),
});

/**
 * As any version of the stacks wrote it: a command may be older than what is deployed, or newer, and so may, for an instant of a deploy, be
 * a function than its environment. So what a newer version has added is passed over.
 */
export const deploymentSchema = z.preprocess(deploymentOfToday, deploymentShape);

export type Deployment = z.infer<typeof deploymentShape>;
export type DeployedRule = Deployment['rules'][number];

/** AWS region of the deployment; null where its rules are not named by full ARNs. */
export function regionOf({ rules }: Pick<Deployment, 'rules'>): string | null {
  const region = rules[0]?.arn.split(':')[3];
  return region === undefined || region === '' ? null : region;
}

/** A command line of `crossfade` with region and ingress filled in, to be pasted. */
export function commandAt(deployment: Pick<Deployment, 'rules' | 'ingressId'>, command: string): string {
  return commandLine(regionOf(deployment), deployment.ingressId, command);
}

/** The same by names alone. @param region null: that of whoever pastes it */
export function commandLine(region: string | null, ingressId: string, command: string): string {
  return `${region === null ? '' : `AWS_REGION=${region} `}npx crossfade ${command} --ingress ${ingressId}`;
}

/** Alarms of which a single one in ALARM rolls back: those of the deployment, and the plan's own. By name. */
export function rollbackAlarmsOf(
  { rollbackAlarms }: { readonly rollbackAlarms: readonly string[] },
  { alarms }: Pick<Plan, 'alarms'>,
): string[] {
  return [...new Set([...rollbackAlarms, ...alarms.map(alarmName)])];
}

/** `arn:aws:cloudwatch:region:account:alarm:NAME`; a name may hold colons. */
function alarmName(arn: string): string {
  return arn.split(':').slice(6).join(':');
}

/** The custom resource that refuses the deletion of a deployment while a run needs it. */
export const GUARD_TYPE = 'Custom::CutoverGuard';

/** Name of the state machine of an ingress: executions are started, described and stopped by it, and by no reference of a stack. */
export function machineName(ingressId: string): string {
  return `${ingressId}-cutover`;
}

/** Name of the function by which operators, and commands for them, find a deployment. */
export function rollbackFunctionName(ingressId: string): string {
  return `${ingressId}-crossfade-rollback`;
}
