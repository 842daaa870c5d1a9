/** Checks of the account and of this machine. */

import { type Diagnosis, diagnosesOf } from './diagnosis.ts';
import type { Facts } from './facts.ts';

/** Above this share of a quota, the next deployment may exceed it. */
const QUOTA_WARN_SHARE = 0.8;
/**
 * AWS rejects signatures that are older than five minutes. Smaller differences already matter, because the CLI compares
 * its time with AWS's.
 */
const SKEW_WARN_SECONDS = 30;
const SKEW_FAIL_SECONDS = 240;

export function quotas({ quotas: all }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('quota');
  return all.map(({ name, used, limit }) => {
    if (limit === null)
      return warn(
        `${name}: the limit could not be read; ${used} are needed.`,
        'look it up in the console of Service Quotas',
      );
    const says = `${name}: ${used} of ${limit} are used`;
    const mend = 'ask for more: aws service-quotas request-service-quota-increase';
    if (used > limit) return fail(`${says}, so the deploy would fail.`, mend);
    return used >= limit * QUOTA_WARN_SHARE ? warn(`${says}.`, mend) : ok(`${says}.`);
  });
}

export function clockAgrees({ clockSkew }: Facts): Diagnosis[] {
  const { ok, warn, fail } = diagnosesOf('clock');
  const off = Math.abs(clockSkew);
  const says = `This machine’s clock is ${Math.round(off)} s ${clockSkew > 0 ? 'ahead of' : 'behind'} AWS’s`;
  const mend = 'set the clock by NTP';
  if (off >= SKEW_FAIL_SECONDS) return [fail(`${says}: AWS will refuse its signatures.`, mend)];
  if (off >= SKEW_WARN_SECONDS) return [warn(`${says}.`, mend)];
  return [ok('This machine’s clock agrees with AWS’s.')];
}
