/**
 * Collects the doctor's facts: listeners, groups and services from an attach file or a deployment, and what AWS reports
 * about them.
 */
import type { Facts } from '../../core/doctor/index.ts';
import { type Deployment, GROUP_ROLES, type Plan, rollbackAlarmsOf } from '../../core/model/index.ts';
import { cloudWatchAlarms } from '../../lambdas/aws/cloudwatch/index.ts';
import { listenerOf, tagsOf } from '../../lambdas/aws/elb/index.ts';
import { type DeployedOptions, deployed, readPlan } from '../run/index.ts';
import { readJsonFile, UsageError } from '../shared/index.ts';
import {
  type AccountCaller,
  type Clients,
  clients,
  type Fetch,
  lookAtBalancer,
  lookAtCaller,
  lookAtDeployed,
  lookAtGroup,
  lookAtListener,
  lookAtQuotas,
  lookAtService,
} from './look/index.ts';

export interface DoctorOptions extends DeployedOptions {
  readonly attach?: string;
  readonly plan?: string;
}

/** What is examined, described in the same way before and after the deployment. */
interface Site {
  readonly listeners: readonly string[];
  readonly planned: Facts['planned'];
  readonly groups: readonly (readonly [(typeof GROUP_ROLES)[number], string])[];
  readonly services: NonNullable<Deployment['services']> | Record<string, never>;
  readonly deployment: Deployment | null;
}

/** For a plan without alarms of its own. */
const NO_ALARMS: Pick<Plan, 'alarms'> = { alarms: [] };

/**
 * @throws UsageError for an invalid attach file, plan or credentials; and what AWS clients throw if they get no answer
 */
export async function gatherFacts(options: DoctorOptions): Promise<Facts> {
  const site = options.attach === undefined ? null : await siteOfAttachment(options.attach);
  const plan = options.plan === undefined ? NO_ALARMS : readPlan('--plan', options.plan);
  return gather(clients(), site ?? (() => deployed(options).then(siteOfDeployment)), plan, pageStatus);
}

/** @throws UsageError that names every field */
async function siteOfAttachment(file: string): Promise<Site> {
  const value = readJsonFile('--attach', file);
  // The constructs determine what an attach file may contain and which rules it creates; the CDK is loaded only for
  // this.
  const [{ AttachmentError, parseAttachment, plannedRules }, { rulePropertiesSchema }] = await Promise.all([
    import('../../lib/attached-application.ts'),
    import('../../lambdas/events/index.ts'),
  ]);
  const attachment = (() => {
    try {
      return parseAttachment(value);
    } catch (error) {
      if (!(error instanceof AttachmentError)) throw error;
      throw new UsageError(`--attach: ${file}: ${error.message}`);
    }
  })();
  return {
    listeners: [...new Set(attachment.listeners.map(({ arn }) => arn))],
    planned: plannedRules(attachment).map((properties) => {
      const { listenerArn, likeRuleArn, wanted } = rulePropertiesSchema.parse(properties);
      return { listenerArn, likeRuleArn, rule: wanted };
    }),
    groups: GROUP_ROLES.flatMap((role) => {
      const arn = attachment.groups[role];
      return arn === undefined ? [] : [[role, arn] as const];
    }),
    services: attachment.services ?? {},
    deployment: null,
  };
}

function siteOfDeployment(deployment: Deployment): Site {
  return {
    listeners: [...new Set(deployment.rules.map(({ arn }) => listenerOf(arn)))],
    planned: [],
    groups: GROUP_ROLES.flatMap((role) => {
      const group = deployment.targetGroups[role];
      return group === undefined ? [] : [[role, group.arn] as const];
    }),
    services: deployment.services ?? {},
    deployment,
  };
}

async function gather(
  all: Clients,
  known: Site | (() => Promise<Site>),
  plan: Pick<Plan, 'alarms'>,
  fetch: Fetch,
): Promise<Facts> {
  try {
    const caller = await lookAtCaller(all, Date.now);
    const site = typeof known === 'function' ? await known() : known;
    assertSamePlace(caller, [...site.listeners, ...site.groups.map(([, arn]) => arn), ...plan.alarms]);
    return await look(all, site, plan, caller, fetch);
  } catch (error) {
    if (!(error instanceof Error && /^(AccessDenied|AuthorizationError|UnauthorizedOperation)/.test(error.name)))
      throw error;
    throw new UsageError(
      `The doctor may not look: ${error.message}. Nothing was changed. Next: use a role that may read (such as ReadOnlyAccess with iam:SimulatePrincipalPolicy).`,
    );
  } finally {
    for (const client of Object.values(all)) client.destroy();
  }
}

function assertSamePlace({ partition, account, region }: AccountCaller, arns: readonly string[]): void {
  for (const arn of arns) {
    const [, itsPartition, , itsRegion, itsAccount] = arn.split(':');
    if (itsPartition !== partition)
      throw new UsageError(
        `${arn} is in the partition ${itsPartition}, but these credentials are of ${partition}. Nothing was changed. Next: set AWS_PROFILE and AWS_REGION to its own.`,
      );
    if (itsAccount !== account || itsRegion !== region)
      throw new UsageError(
        `${arn} is in account ${itsAccount}, region ${itsRegion}, but these credentials are of account ${account}, region ${region}. Nothing was changed. Next: set AWS_PROFILE and AWS_REGION to its own.`,
      );
  }
}

async function look(
  all: Clients,
  site: Site,
  plan: Pick<Plan, 'alarms'>,
  { clockSkew }: AccountCaller,
  fetch: Fetch,
): Promise<Facts> {
  const { rollbackAlarms, shadowAlarms } = site.deployment ?? { rollbackAlarms: [], shadowAlarms: [] };
  const expected = [...rollbackAlarmsOf({ rollbackAlarms }, plan), ...shadowAlarms];
  const [listeners, groups, services, alarms, after] = await Promise.all([
    Promise.all(site.listeners.map((arn) => lookAtListener(all, arn))),
    Promise.all(site.groups.map(([role, arn]) => lookAtGroup(all, role, arn))),
    Promise.all(
      (['stable', 'candidate', 'mirror'] as const).flatMap((side) => {
        const named = site.services[side];
        return named === undefined ? [] : [lookAtService(all, side, named)];
      }),
    ),
    cloudWatchAlarms(all.alarms).read(expected),
    site.deployment === null ? null : lookAtDeployed(all, site.deployment, fetch),
  ]);
  const balancers = [...new Set(listeners.flatMap(({ loadBalancerArn }) => loadBalancerArn ?? []))];
  const there = [
    ...balancers,
    ...listeners.flatMap(({ arn, loadBalancerArn }) => (loadBalancerArn === null ? [] : [arn])),
    ...groups.flatMap(({ arn, found }) => (found === null ? [] : [arn])),
  ];
  const [looked, tagged, quotas] = await Promise.all([
    Promise.all(balancers.map((arn) => lookAtBalancer(all, arn))),
    tagsOf(all.elb, there),
    lookAtQuotas(all, balancers, { rules: site.planned.length, groups: groups.map(({ arn }) => arn) }),
  ]);
  return {
    listeners,
    balancers: looked,
    planned: site.planned,
    groups,
    services,
    tagged,
    quotas,
    clockSkew,
    alarms: { expected, found: alarms },
    deployed: after,
  };
}

const PAGE_TIMEOUT_MS = 5_000;

async function pageStatus(url: string): Promise<number | null> {
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
    return status;
  } catch {
    return null;
  }
}
