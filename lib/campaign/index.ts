/** The machine of a campaign, and the role by which it reaches a deployment. */
export { CampaignAccess, type CampaignAccessProps } from './campaign-access.ts';
export { CampaignMachine, type CampaignMachineProps } from './campaign-machine.ts';
