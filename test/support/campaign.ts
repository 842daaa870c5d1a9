/** Campaigns for tests. */
import { type Campaign, readCampaign } from '../../core/campaign/index.ts';
import { wallClock } from '../../lambdas/zones/index.ts';

export const ACCOUNTS = { shop: '111122223333', pay: '444455556666' };

/** Returns a service as a user writes it in a campaign file. */
export function written(name: string, more: object = {}) {
  return { name, ingress: name, account: 'shop', region: 'eu-central-1', ...more };
}

/** @param waves the names of the services of each wave, by the wave's name */
export function campaignInput(waves: Readonly<Record<string, readonly string[]>>, more: object = {}) {
  return {
    name: 'autumn',
    accounts: ACCOUNTS,
    waves: Object.entries(waves).map(([name, services]) => ({ name, services: services.map((s) => written(s)) })),
    ...more,
  };
}

/** @throws Error that lists the problems if the input is not a valid campaign */
export function campaignFrom(input: unknown): Campaign {
  const read = readCampaign(input, wallClock);
  if ('campaign' in read) return read.campaign;
  throw new Error(read.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}
