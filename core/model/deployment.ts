/**
 * What was deployed: the names and ARNs that handlers need. The stacks write them into one environment variable
 * (`CROSSFADE_DEPLOYMENT`, JSON), which is parsed here once. Alarm names are fixed at synthesis, so nothing has to be
 * looked up.
 */
import * as z from 'zod';
import { deploymentOfToday } from './earlier.ts';
import { ingressIdSchema, ruleArnSchema, targetGroupArnSchema } from './ids.ts';
import type { Plan } from './plan.ts';

/**
 * The role of a target group. `mirrorForward` answers from stable, `mirrorReverse` from the candidate; both copy to the
 * other side.
 */
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
  /** Time limit for one query, in seconds, after which the metric holds. */
  timeoutSeconds: z.number().min(0.1).max(15).default(5),
});
const addressedSchema = askedSchema.extend({
  /**
   * Base address, either HTTPS or on this machine, because requests carry a secret. The functions of a cutover are not
   * in a VPC.
   */
  url,
  /**
   * ARN of a secret in Secrets Manager: JSON with `headers` to send with each request, and a `signingKey` for HTTP
   * providers.
   */
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
/** A source of a plan's metrics outside CloudWatch (docs/reference/metric-providers.md). */
export type MetricProvider = z.infer<typeof metricProviderSchema>;
/** The same as it is written: fields with a default may be left out. */
export type MetricProviderInput = z.input<typeof metricProviderSchema>;

const deploymentShape = z.object({
  ingressId: ingressIdSchema,
  loadBalancer: z.strictObject({
    /** Value of CloudWatch's LoadBalancer dimension: `app/<name>/<id>`. */
    fullName: z.string().min(1),
  }),
  /**
   * Every rule that the cutover owns. A rule lists the 1 to 5 groups to which it forwards; `cohort`: it matches only
   * testers.
   */
  rules: z
    .array(
      z.strictObject({
        arn: ruleArnSchema,
        roles: z.array(z.enum(GROUP_ROLES)).min(2).max(5),
        cohort: z.literal(true).optional(),
        /**
         * Whether the rule requires a login or a token before it forwards, which every write of weights must preserve.
         */
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
  /** Alarms that each roll back when in ALARM. */
  rollbackAlarms: z.array(z.string().min(1)).max(100),
  /** Alarms that concern only the shadow: in ALARM they close the mirror, and hold or end the shadow phase. */
  shadowAlarms: z.array(z.string().min(1)).max(100),
  /** The function that runs load and chaos tests while the mirror is open; if absent, the phase only observes. */
  exerciseFunction: z.string().min(1).optional(),
  topicArn: z.string().min(1).optional(),
  /** The operator's own runbook, to which messages link in place of the deployed one. */
  runbookUrl: z.url().optional(),
  /** Sources of a plan's own metrics outside CloudWatch, by the names that plans use. */
  metricProviders: z.record(z.string(), metricProviderSchema).optional(),
  /** For how many days captures are kept after they were written; absent: no limit. */
  shadowLogDays: z.int().min(1).optional(),
  ledgerTable: z.string().min(1),
});

/**
 * Accepts deployments written by any version of the stacks: a command may be older or newer than the deployment, and
 * during a deployment so may a function relative to its environment. Fields that a newer version has added are ignored.
 */
export const deploymentSchema = z.preprocess(deploymentOfToday, deploymentShape);

export type Deployment = z.infer<typeof deploymentShape>;
export type DeployedRule = Deployment['rules'][number];

/**
 * The rule that shows how all customers are shared out: the one that leads to the mirror, or else the first that is not
 * for testers alone. Its shares of stable and candidate are those of every other such rule.
 */
export function ruleOfCustomers({ rules }: Pick<Deployment, 'rules'>): DeployedRule | undefined {
  return rules.find(({ roles }) => roles.includes('mirrorForward')) ?? rules.find(({ cohort }) => cohort !== true);
}

/** AWS region of the deployment; null if its rules are not named by full ARNs. */
export function regionOf({ rules }: Pick<Deployment, 'rules'>): string | null {
  const region = rules[0]?.arn.split(':')[3];
  return region === undefined || region === '' ? null : region;
}

/** A `crossfade` command line with region and ingress filled in, ready to paste. */
export function commandAt(deployment: Pick<Deployment, 'rules' | 'ingressId'>, command: string): string {
  return commandLine(regionOf(deployment), deployment.ingressId, command);
}

/** The same, given only the names. @param region null for the region of whoever pastes it */
export function commandLine(region: string | null, ingressId: string, command: string): string {
  return `${region === null ? '' : `AWS_REGION=${region} `}npx crossfade ${command} --ingress ${ingressId}`;
}

/** Names of the alarms that each roll back when in ALARM: those of the deployment, and the plan's own. */
export function rollbackAlarmsOf(
  { rollbackAlarms }: { readonly rollbackAlarms: readonly string[] },
  { alarms }: Pick<Plan, 'alarms'>,
): string[] {
  return [...new Set([...rollbackAlarms, ...alarms.map(alarmName)])];
}

/** `arn:aws:cloudwatch:region:account:alarm:NAME`; a name may contain colons. */
function alarmName(arn: string): string {
  return arn.split(':').slice(6).join(':');
}

/** The custom resource that refuses to delete a deployment while a run needs it. */
export const GUARD_TYPE = 'Custom::CutoverGuard';

/**
 * Name of the state machine of an ingress. Executions are started, described and stopped by this name, not by a
 * reference of a stack.
 */
export function machineName(ingressId: string): string {
  return `${ingressId}-cutover`;
}

/**
 * ARN of the ingress's machine, or the beginning of its executions' ARNs: in the account and region of the rules. null
 * if the rules are not named by full ARNs, as on a machine without AWS.
 */
export function statesArn(
  { ingressId, rules }: Pick<Deployment, 'ingressId' | 'rules'>,
  kind: 'stateMachine' | 'execution',
): string | null {
  const [, partition, , region, account] = rules[0]?.arn.split(':') ?? [];
  if (partition === undefined || region === undefined || account === undefined) return null;
  return `arn:${partition}:states:${region}:${account}:${kind}:${machineName(ingressId)}`;
}

/** Name of the function by which operators' commands find a deployment. */
export function rollbackFunctionName(ingressId: string): string {
  return `${ingressId}-crossfade-rollback`;
}
