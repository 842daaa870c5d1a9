/** The machine of campaigns as an application of its own: one stack, in the account that runs them. */
import { type App, Stack } from 'aws-cdk-lib';
import { CampaignMachine } from './campaign/index.ts';

/** @param accounts in which services may be, twelve digits each @throws RangeError */
export function campaignApplication(app: App, accounts: readonly string[]): void {
  const stack = new Stack(app, 'CrossfadeCampaign', { description: 'Crossfade: campaigns over many services' });
  new CampaignMachine(stack, 'Campaign', { accounts });
}
