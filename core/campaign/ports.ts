/** The operations that a campaign needs from the deployment of one service, in any account and region. */
import type { DecisionLog, Deployment, Lease, Leases } from '../model/index.ts';
import type { Campaign, CampaignService } from './campaign.ts';

/** Status of the execution with a given name, as `ExecutionState` has it; null if there is none. */
export type RunStatus =
  | { readonly status: 'running' }
  | { readonly status: 'succeeded' }
  | { readonly status: 'ended'; readonly cause: string }
  | null;

export interface ServicePorts {
  readonly deployment: Deployment;
  readonly leases: Pick<Leases, 'read' | 'steer'>;
  readonly decisionLog: Pick<DecisionLog, 'append'>;
  /** Runs before the one that holds the lease, oldest first. */
  past(): Promise<readonly Lease[]>;
  status(run: string): Promise<RunStatus>;
  /** A second start under the same name has no effect, and is not a failure. */
  start(run: string, input: unknown): Promise<void>;
  /** Calls the service's own rollback for this execution. May be repeated at any time. */
  askRollback(request: {
    readonly trigger: 'operator';
    readonly by: string;
    readonly reason: string;
    readonly executionArn: string;
  }): Promise<void>;
}

export interface CampaignPorts {
  /** @throws if the deployment cannot be read */
  at(campaign: Campaign, service: CampaignService): Promise<ServicePorts>;
}
