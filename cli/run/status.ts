/** `crossfade status`: who owns the ingress, what is live, what was decided last. */
import { Command } from 'commander';
import { desiredWeights } from '../../core/fence/index.ts';
import {
  type Deployment,
  describeWeights,
  type Lease,
  type LogEntry,
  type RuleWeights,
  sameWeights,
} from '../../core/model/index.ts';
import { describeSplit } from '../../core/phases/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, plain, plainJson, say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployed.ts';

interface Options extends DeployedOptions {
  readonly json?: boolean;
}

const LAST_ENTRIES = 8;

export function statusCommand(terminal: Terminal): Command {
  return withDeployed(new Command('status'))
    .description('show who owns the ingress, the live weights and the last decisions')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const found = await attempt(
        () => NOTHING_CHANGED,
        () => look(options),
      );
      const { deployment, item, live, drift, log } = found;
      say(
        terminal.out,
        options.json === true ? plainJson({ item, live, drift, log }, 2) : text(deployment, item, live, drift, log),
      );
      terminal.exit(drift ? EXIT.failed : EXIT.ok);
    });
}

async function look(options: DeployedOptions) {
  const deployment = await deployed(options);
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { ElasticLoadBalancingV2Client } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const { dynamoDecisionLog, dynamoLeases } = await import('../../lambdas/aws/dynamo/index.ts');
  const { elbIngress } = await import('../../lambdas/aws/elb/index.ts');
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const ledger = dynamoLeases(dynamo, deployment.ledgerTable);
  const decisionLog = dynamoDecisionLog(dynamo, deployment.ledgerTable, deployment.ingressId);
  const [item, live] = await Promise.all([
    ledger.read(deployment.ingressId),
    elbIngress(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment).read(),
  ]);
  const log = item === null ? [] : (await decisionLog.entries(item.cutoverId)).slice(-LAST_ENTRIES);
  const drift = item?.intent.confirmed === true && !sameWeights(live, desiredWeights(deployment, item));
  return { deployment, item, live, drift, log };
}

function text(
  deployment: Deployment,
  item: Lease | null,
  live: readonly RuleWeights[],
  drift: boolean,
  log: readonly LogEntry[],
): string {
  const weights = `Live: ${describeWeights(deployment, live)}${drift ? '\nDRIFT: live weights differ from the expected ones; the watchdog will correct them within a minute' : ''}`;
  if (item === null) return `Ingress ${deployment.ingressId}: no cutover has run here.\n${weights}`;
  const { rollback } = item;
  return [
    `Ingress ${item.ingressId}: cutover ${item.cutoverId} is ${item.status} (phase ${item.phase}, generation ${item.generation}). ${describeSplit(item.intent.split)}.`,
    weights,
    ...(rollback === null
      ? []
      : [
          `Rollback triggered by ${rollback.trigger} (${plain(rollback.by)}) at ${rollback.requestedAt}: ${plain(rollback.reason)}`,
          progressOf(rollback),
        ]),
    ...log.map((e) => `  ${e.at}  ${e.kind.padEnd(11)} ${plain(e.message)}`),
  ].join('\n');
}

/** How far a rollback has come. Both instants are ISO-8601; null: not yet. */
function progressOf({
  confirmedAt,
  verifiedAt,
}: {
  readonly confirmedAt: string | null;
  readonly verifiedAt: string | null;
}) {
  if (confirmedAt === null) return 'Weights not yet restored.';
  const counts =
    verifiedAt === null ? 'traffic counts not yet confirmed' : `traffic counts confirmed at ${time(verifiedAt)}`;
  return `Weights restored at ${time(confirmedAt)}; ${counts}.`;
}

/** Such as `15:34:51Z`. */
function time(iso: string): string {
  return `${iso.slice(11, 19)}Z`;
}
