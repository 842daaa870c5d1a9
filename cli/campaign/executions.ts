/** The executions of campaigns in this account and region. */
import type { CampaignState } from '../../core/campaign/index.ts';

export interface CampaignRun {
  readonly execution: string;
  /** Status in Step Functions. */
  readonly status: string;
  /** The state after the latest evaluation; before the first one, the input. */
  readonly state: CampaignState;
}

export interface Campaigns {
  /** Starts as the caller. @returns false for a name that was used before */
  start(execution: string, input: object): Promise<boolean>;
  /** The latest execution of a campaign; a long campaign continues in further ones. */
  newest(name: string): Promise<CampaignRun | null>;
  /** Ends an execution where it is. An execution that has ended is left unchanged. */
  stop(execution: string, reason: string): Promise<void>;
}
