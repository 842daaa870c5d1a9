/** Commands that start, show and resume a campaign. */
export { campaignCommand } from './campaign.ts';
