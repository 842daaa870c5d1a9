/** The machine of campaigns, and the role with which it accesses a deployment. */
export { CampaignAccess, type CampaignAccessProps } from './campaign-access.ts';
export { CampaignMachine, type CampaignMachineProps } from './campaign-machine.ts';
