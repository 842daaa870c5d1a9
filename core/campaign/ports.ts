/** What a campaign asks of the deployment of one service, in whatever account and region it stands. */
import type { DecisionLog, Deployment, Lease, Leases } from '../model/index.ts';
import type { Campaign, CampaignService } from './campaign.ts';

/** How the execution of a name stands; null: there is none. */
export type RunStatus = { readonly status: 'running' } | { readonly status: 'ended'; readonly cause: string } | null;

export interface ServicePorts {
  readonly deployment: Deployment;
  readonly leases: Pick<Leases, 'read' | 'steer'>;
  readonly decisionLog: Pick<DecisionLog, 'append'>;
  /** Runs before the one that holds the lease, oldest first. */
  past(): Promise<readonly Lease[]>;
  status(run: string): Promise<RunStatus>;
  /** A second start under one name starts nothing and is no failure. */
  start(run: string, input: unknown): Promise<void>;
  /** Calls the service's own rollback for this one execution. It may be repeated at any time. */
  askRollback(request: {
    readonly trigger: 'operator';
    readonly by: string;
    readonly reason: string;
    readonly executionArn: string;
  }): Promise<void>;
}

export interface CampaignPorts {
  /** @throws when the deployment cannot be read */
  at(campaign: Campaign, service: CampaignService): Promise<ServicePorts>;
}
