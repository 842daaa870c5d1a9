/** The machine of campaigns as a separate application: one stack, in the account that runs them. */
import { type App, Stack } from 'aws-cdk-lib';
import { CampaignMachine } from './campaign/index.ts';

/** @param accounts of the services, twelve digits each @throws RangeError */
export function campaignApplication(app: App, accounts: readonly string[]): void {
  const stack = new Stack(app, 'CrossfadeCampaign', { description: 'Crossfade: campaigns over many services' });
  new CampaignMachine(stack, 'Campaign', { accounts });
}
