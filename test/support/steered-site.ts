/** Creates an ingress in a backend's table, with a run that commands and the console can steer. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '../../core/model/deployment.ts';
import { type CutoverId, cutoverIdSchema, type IngressId, ingressIdSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import type { ApprovalRequest, Approvals, DecisionLog, Leases } from '../../core/model/ports.ts';
import type { Phase } from '../../core/model/run-state.ts';
import { dynamoApprovals } from '../../lambdas/aws/dynamo/approvals.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import type { Backend } from '../contract/backends.ts';
import { claimRun } from './claimed-run.ts';
import { type CliResult, crossfade } from './cli.ts';

const HOUR_MS = 3_600_000;

/** A separate ingress, and a run on it. */
export class SteeredSite {
  readonly backend: Backend;
  readonly id: CutoverId;
  readonly ingressId: IngressId;
  readonly file: string;
  readonly ledger: Leases;
  readonly log: DecisionLog;
  readonly approvals: Approvals;
  readonly deployment: Deployment;

  /** @param dir folder for the deployment file */
  constructor(backend: Backend, dir: string, sequence: number) {
    this.backend = backend;
    this.id = cutoverIdSchema.parse(`run-${sequence}`);
    this.ingressId = ingressIdSchema.parse(`shop-${sequence}`);
    this.file = join(dir, `${sequence}.json`);
    this.ledger = dynamoLeases(backend.dynamo, backend.table);
    this.log = dynamoDecisionLog(backend.dynamo, backend.table, this.ingressId);
    this.approvals = dynamoApprovals(backend.dynamo, backend.table, this.ingressId);
    this.deployment = { ...backend.deployment, ingressId: this.ingressId, ledgerTable: backend.table };
  }

  /** Writes the deployment file, so that commands find it. */
  async deploy(): Promise<void> {
    await writeFile(this.file, JSON.stringify(this.deployment));
  }

  async begin(plan: PlanInput = {}, startedBy: string | null = null, drill: Lease['drill'] = null): Promise<void> {
    await this.deploy();
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:m:${this.id}`;
    const { deployment, id: cutoverId } = this;
    await claimRun(this.ledger, this.log, { deployment, cutoverId, executionArn, plan, startedBy, drill });
  }

  async lease(): Promise<Lease> {
    const lease = await this.ledger.read(this.ingressId);
    if (lease === null) throw new Error('the run has begun');
    return lease;
  }

  /** A stage is that of 10 %, the second of the default plan. */
  async enter(phase: Phase): Promise<void> {
    const lease = await this.lease();
    await this.ledger.heartbeat(lease, { phase, stage: 1, heartbeatDueAt: lease.heartbeatDueAt });
  }

  async ask(expiresInMs = HOUR_MS, kind: ApprovalRequest['kind'] = 'final'): Promise<void> {
    await this.enter(kind === 'final' ? 'finalSignoff' : 'shadowSignoff');
    const now = Date.now();
    await this.approvals.open({
      cutoverId: this.id,
      kind,
      token: 'nobody waits for it',
      askedAt: new Date(now - HOUR_MS).toISOString(),
      expiresAt: new Date(now + expiresInMs).toISOString(),
      evidence: 'errors 0.10 % against 0.10 %',
    });
  }

  as(user: string, ...args: string[]): Promise<CliResult> {
    return crossfade([...args, '--deployment', this.file], { ...this.backend.environment, AWS_ACCESS_KEY_ID: user });
  }
}
