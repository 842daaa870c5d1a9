/** Who asks, by which clock, and how much of the account's quotas is used. */
import { DescribeAccountLimitsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import * as z from 'zod';
import type { Quota, RuleFacts } from '../../../core/doctor/index.ts';
import type { Clients } from './clients.ts';

export interface Caller {
  readonly account: string;
  readonly region: string;
  /** This machine's clock minus AWS's, seconds; AWS's `Date` has whole ones. */
  readonly clockSkew: number;
}

const answered = z.looseObject({ headers: z.looseObject({ date: z.string().optional() }) });

export async function lookAtCaller({ sts }: Clients, now: () => number): Promise<Caller> {
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
  const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { account: Account, region: await sts.config.region(), clockSkew };
}

/** Concurrent executions that other functions leave; all handlers of one cutover at once need fewer. */
const NEEDED_CONCURRENCY = 20;
const RULES_LIMIT = 'rules-per-application-load-balancer';

/** @param newRules rules that a deploy will add */
export async function lookAtQuotas(
  { elb, lambda }: Clients,
  rules: readonly RuleFacts[],
  newRules: number,
): Promise<Quota[]> {
  const { Limits = [] } = await elb.send(new DescribeAccountLimitsCommand({}));
  const limit = Limits.find(({ Name }) => Name === RULES_LIMIT)?.Max;
  return [
    {
      name: `rules of the load balancer${newRules > 0 ? `, with ${newRules} new ones` : ''}`,
      // The default rules of listeners do not count.
      used: rules.filter(({ priority }) => priority !== null).length + newRules,
      limit: limit === undefined ? null : Number(limit),
    },
    {
      name: 'unreserved concurrent executions of Lambda that Crossfade needs',
      used: NEEDED_CONCURRENCY,
      limit: await freeConcurrency(lambda),
    },
  ];
}

/** Null where the service does not say; a refusal is the caller's to tell. */
async function freeConcurrency(lambda: Clients['lambda']): Promise<number | null> {
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    return AccountLimit?.UnreservedConcurrentExecutions ?? null;
  } catch (error) {
    if (error instanceof Error && /AccessDenied/.test(error.name)) throw error;
    return null;
  }
}
