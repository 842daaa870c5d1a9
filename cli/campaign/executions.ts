/** The executions of campaigns in this account and region. */
import type { CampaignState } from '../../core/campaign/index.ts';

export interface CampaignRun {
  readonly execution: string;
  /** Step Functions' word. */
  readonly status: string;
  /** After the newest look; before the first one its input. */
  readonly state: CampaignState;
}

export interface Campaigns {
  /** As the caller. @returns false for a name that was used before */
  start(execution: string, input: object): Promise<boolean>;
  /** The newest execution of a campaign: a long one goes on in others. */
  newest(name: string): Promise<CampaignRun | null>;
  /** Ends an execution where it stands. One that has ended stays as it is. */
  stop(execution: string, reason: string): Promise<void>;
}
