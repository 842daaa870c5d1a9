/**
 * Services of a campaign, each with a machine in its own account and region on LocalStack and a lease in a ledger. They
 * stand in for deployments, as far as a campaign sees these. A run takes the lease, stays in a stage until the test
 * decides its fate, and ends.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { deploymentSchema } from '../../core/model/deployment.ts';
import { cutoverIdSchema, ingressIdSchema } from '../../core/model/ids.ts';
import type { Leases } from '../../core/model/ports.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import type { LocalDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { claimRun } from '../support/claimed-run.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { atLocalStack, published } from './interpreters.ts';

export type Fate = 'hold' | 'complete' | 'fail';

export interface Site {
  readonly ingress: string;
  /** Account id of twelve digits. */
  readonly account: string;
  readonly region: string;
  /** What the next evaluation of its run answers. */
  fate: Fate;
}

const taskSchema = z.object({ run: cutoverIdSchema, executionArn: z.string() });
const rollbackSchema = z.object({
  trigger: z.literal('operator'),
  by: z.string(),
  reason: z.string(),
  executionArn: z.string(),
});

export class ServiceSites {
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #dynamo: DynamoDBClient;

  constructor(sites: readonly Site[], dynamo: LocalDynamo) {
    this.#sites = new Map(sites.map((site) => [site.ingress, site]));
    this.#dynamo = new DynamoDBClient({
      endpoint: dynamo.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  stop(): void {
    this.#dynamo.destroy();
  }

  /** Creates the ledger table of each service, and its machine behind its alias, in its account and region. */
  async deploy(dynamo: LocalDynamo): Promise<void> {
    for (const site of this.#sites.values()) {
      await dynamo.createTable(this.#tableOf(site));
      await published(this.#statesOf(site), `${site.ingress}-cutover`, machineOf(site));
    }
  }

  /** Returns the names of the runs that were started, oldest first. */
  async runsOf(ingress: string): Promise<(string | undefined)[]> {
    const site = this.#siteOf(ingress);
    const stateMachineArn = `arn:aws:states:${site.region}:${site.account}:stateMachine:${ingress}-cutover`;
    const { executions = [] } = await this.#statesOf(site).send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.map(({ name }) => name).reverse();
  }

  environmentOf(functionName: string): Record<string, string> {
    const site = this.#siteOf(functionName.replace('-crossfade-rollback', ''));
    return { CROSSFADE_DEPLOYMENT: JSON.stringify(this.#deploymentOf(site)) };
  }

  /** Answers for the functions of the runs, and for the rollback. */
  async invoke(functionName: string, payload: unknown): Promise<unknown> {
    const [, ingress = '', what] = /^(\w+?)-(\w[\w-]*)$/.exec(functionName) ?? [];
    const site = this.#siteOf(ingress);
    const leases = dynamoLeases(this.#dynamo, this.#tableOf(site));
    if (what === 'crossfade-rollback') return this.#bringBack(site, leases, rollbackSchema.parse(payload));
    const { run, executionArn } = taskSchema.parse(payload);
    const deployment = this.#deploymentOf(site);
    if (what === 'take') {
      const lease = await claimRun(leases, dynamoDecisionLog(this.#dynamo, this.#tableOf(site), deployment.ingressId), {
        deployment,
        cutoverId: run,
        executionArn,
      });
      await leases.heartbeat(lease, { phase: 'stage', stage: 0, heartbeatDueAt: lease.heartbeatDueAt });
      return { next: 'hold' };
    }
    const lease = await leases.read(deployment.ingressId);
    if (lease === null) throw new Error(`${ingress} has no lease`);
    if (site.fate === 'complete') await leases.complete(lease);
    if (site.fate === 'fail')
      await this.#fence(leases, site, { trigger: 'gate', by: 'machine', reason: 'errors on the candidate' });
    return { next: site.fate };
  }

  async #bringBack(site: Site, leases: Leases, { executionArn, ...request }: z.infer<typeof rollbackSchema>) {
    await this.#fence(leases, site, request);
    await this.#statesOf(site).send(
      new StopExecutionCommand({ executionArn, error: 'Crossfade.RolledBack', cause: request.reason }),
    );
    return {};
  }

  async #fence(leases: Leases, site: Site, request: { trigger: 'operator' | 'gate'; by: string; reason: string }) {
    const at = new Date().toISOString();
    const fenced = await leases.fence(ingressIdSchema.parse(site.ingress), { ...request, at });
    if (fenced.outcome === 'fenced') await leases.confirmRollback(fenced.item, at);
  }

  #siteOf(ingress: string): Site {
    const site = this.#sites.get(ingress);
    if (site === undefined) throw new RangeError(`no service ${ingress}`);
    return site;
  }

  #statesOf({ account, region }: Site): SFNClient {
    return new SFNClient(atLocalStack(account, region));
  }

  #tableOf({ ingress }: Site): string {
    return `${ingress}-ledger`;
  }

  #deploymentOf(site: Site) {
    const rules = DEPLOYMENT.rules.map((rule) => ({ ...rule, arn: `${rule.arn}/${site.ingress}` }));
    return deploymentSchema.parse({ ...DEPLOYMENT, rules, ingressId: site.ingress, ledgerTable: this.#tableOf(site) });
  }
}

function machineOf({ ingress, account, region }: Site): object {
  const task = (name: string, Next: string) => ({
    Type: 'Task',
    Resource: `arn:aws:lambda:${region}:${account}:function:${ingress}-${name}`,
    Parameters: { 'run.$': '$$.Execution.Name', 'executionArn.$': '$$.Execution.Id' },
    Next,
  });
  return {
    StartAt: 'Take',
    States: {
      Take: task('take', 'Stage'),
      Stage: { Type: 'Wait', Seconds: 1, Next: 'Look' },
      Look: task('look', 'Verdict'),
      Verdict: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'hold', Next: 'Stage' },
          { Variable: '$.next', StringEquals: 'complete', Next: 'Complete' },
        ],
        Default: 'Rolled back',
      },
      Complete: { Type: 'Succeed' },
      'Rolled back': { Type: 'Fail', Error: 'Crossfade.RolledBack' },
    },
  };
}
