/** The caller, the clock difference, and the use of the account's quotas. */
import {
  DescribeAccountLimitsCommand,
  DescribeListenersCommand,
  paginateDescribeTargetGroups,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import * as z from 'zod';
import type { Quota } from '../../../core/doctor/index.ts';
import { describeRules, groupHealth } from '../../../lambdas/aws/elb/index.ts';
import { EmptyAnswerError } from '../../shared/index.ts';
import { type Clients, unlessMissing } from './clients.ts';

export interface AccountCaller {
  /** For example `aws` or `aws-cn`. */
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** This machine's clock minus AWS's, in seconds; AWS's `Date` has whole seconds. */
  readonly clockSkew: number;
}

const answered = z.looseObject({ headers: z.looseObject({ date: z.string().optional() }) });

export async function lookAtCaller({ sts }: Clients, now: () => number): Promise<AccountCaller> {
  let clockSkew = 0;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = answered.safeParse(result.response).data?.headers.date;
      const theirs = date === undefined ? Number.NaN : Date.parse(date);
      if (!Number.isNaN(theirs)) clockSkew = (now() - theirs) / 1_000;
      return result;
    },
    { step: 'deserialize', name: 'readDate' },
  );
  const { Account: account, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
  const partition = arn?.split(':')[1];
  if (account === undefined || partition === undefined) throw new EmptyAnswerError('GetCallerIdentity named nobody');
  return { partition, account, region: await sts.config.region(), clockSkew };
}

/** How many concurrent executions must be left by other functions; all handlers of one cutover at once need fewer. */
const NEEDED_CONCURRENCY = 20;

/** What a deployment adds to the load balancer; groups that it already has count once. */
interface Added {
  readonly rules: number;
  readonly groups: readonly string[];
}

export async function lookAtQuotas(
  { elb, lambda }: Clients,
  balancers: readonly string[],
  added: Added,
): Promise<Quota[]> {
  const { Limits = [] } = await elb.send(new DescribeAccountLimitsCommand({}));
  const limit = (name: string) => {
    const max = Limits.find(({ Name }) => Name === name)?.Max;
    return max === undefined ? null : Number(max);
  };
  const used = await Promise.all(balancers.map((arn) => useOf(elb, arn, added.groups)));
  const onFullest = (count: (of: Use) => number) => Math.max(0, ...used.map(count));
  return [
    {
      name: `rules of the load balancer${added.rules > 0 ? `, with ${added.rules} new ones` : ''}`,
      used: onFullest(({ rules }) => rules) + added.rules,
      limit: limit('rules-per-application-load-balancer'),
    },
    {
      name: 'target groups of the load balancer',
      used: onFullest(({ groups }) => groups),
      limit: limit('target-groups-per-application-load-balancer'),
    },
    {
      name: 'targets of the load balancer',
      used: onFullest(({ targets }) => targets),
      limit: limit('targets-per-application-load-balancer'),
    },
    {
      name: 'unreserved concurrent executions of Lambda that Crossfade needs',
      used: NEEDED_CONCURRENCY,
      limit: await freeConcurrency(lambda),
    },
  ];
}

interface Use {
  readonly rules: number;
  readonly groups: number;
  readonly targets: number;
}

/** For every listener of the load balancer, whoever owns it; default rules do not count. */
async function useOf(elb: Clients['elb'], LoadBalancerArn: string, added: readonly string[]): Promise<Use> {
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const rules = await Promise.all(Listeners.map(({ ListenerArn = '' }) => describeRules(elb, { ListenerArn })));
  const groups = new Set(added);
  for await (const { TargetGroups = [] } of paginateDescribeTargetGroups({ client: elb }, { LoadBalancerArn }))
    for (const { TargetGroupArn } of TargetGroups) if (TargetGroupArn !== undefined) groups.add(TargetGroupArn);
  let targets = 0;
  // One after the other, because a load balancer may have a hundred groups, and ELBv2's bucket for Describe calls
  // refills slowly.
  for (const arn of groups) targets += (await unlessMissing(groupHealth(elb, arn)))?.registered ?? 0;
  return {
    rules: rules.flat().filter(({ priority }) => Number.isFinite(priority)).length,
    groups: groups.size,
    targets,
  };
}

/** null if the service does not report it; a refusal is left to the caller. */
async function freeConcurrency(lambda: Clients['lambda']): Promise<number | null> {
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? null;
  } catch (error) {
    if (error instanceof Error && /AccessDenied/.test(error.name)) throw error;
    return null;
  }
}
