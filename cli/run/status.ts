/** `crossfade status`: who owns the ingress, the live weights, and the latest decision. */
import { Command } from 'commander';
import { pauseAt } from '../../core/evaluation/index.ts';
import { desiredWeights } from '../../core/fence/index.ts';
import {
  type ApprovalRequest,
  commandAt,
  type Deployment,
  describeCause,
  describeKind,
  describeWeights,
  isSafe,
  type Lease,
  type LogEntry,
  placeOfRun,
  type RuleWeights,
  sameWeights,
} from '../../core/model/index.ts';
import { describeSplit } from '../../core/phases/index.ts';
import { attempt, EXIT, NOTHING_CHANGED, plain, plainJson, say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, located, withDeployed } from './deployment-source.ts';

interface Options extends DeployedOptions {
  readonly json?: boolean;
}

const LAST_ENTRIES = 8;

export function statusCommand(terminal: Terminal): Command {
  return withDeployed(new Command('status'))
    .description('show who owns the ingress, the live weights and the last decisions')
    .option(
      '--json',
      'print JSON: item (the lease; null before the first run), live, drift, safe (all traffic is on stable), log (the last decisions) and signoff',
    )
    .action(async (options: Options) => {
      const found = await attempt(
        () => NOTHING_CHANGED,
        async () => {
          const { deployment, now } = await located(options);
          return { shown: shownOf(deployment, await (await statusReader(deployment))()), at: now() };
        },
      );
      const { deployment: _, ...json } = found.shown;
      say(terminal.out, options.json === true ? plainJson(json, 2) : text(found.shown, found.at));
      terminal.exit(found.shown.drift ? EXIT.failed : EXIT.ok);
    });
}

export interface IngressStatus {
  /** null if no run has ever begun here. */
  readonly item: Lease | null;
  readonly live: readonly RuleWeights[];
  /** Whether the live weights differ from the desired ones. */
  readonly drift: boolean;
  /** The complete decision log of the run. */
  readonly log: readonly LogEntry[];
  /** The sign-off for which the run waits. */
  readonly request: ApprovalRequest | null;
}

/** Reads the owner of the ingress, the live weights and the decisions, whenever it is called. */
export async function statusReader(deployment: Deployment): Promise<() => Promise<IngressStatus>> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { ElasticLoadBalancingV2Client } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const { CLIENT_OPTIONS } = await import('../../lambdas/aws/calls/index.ts');
  const { dynamoApprovals, dynamoDecisionLog, dynamoLeases } = await import('../../lambdas/aws/dynamo/index.ts');
  const { elbIngress } = await import('../../lambdas/aws/elb/index.ts');
  const dynamo = new DynamoDBClient(CLIENT_OPTIONS);
  const ledger = dynamoLeases(dynamo, deployment.ledgerTable);
  const decisionLog = dynamoDecisionLog(dynamo, deployment.ledgerTable, deployment.ingressId);
  const approvals = dynamoApprovals(dynamo, deployment.ledgerTable, deployment.ingressId);
  const ingress = elbIngress(new ElasticLoadBalancingV2Client(CLIENT_OPTIONS), deployment);
  return async () => {
    const [item, live] = await Promise.all([ledger.read(deployment.ingressId), ingress.read()]);
    const log = item === null ? [] : await decisionLog.entries(item.cutoverId);
    const drift = item?.intent.confirmed === true && !sameWeights(live, desiredWeights(deployment, item));
    const waits = item?.status === 'running' && (item.phase === 'shadowSignoff' || item.phase === 'finalSignoff');
    return { item, live, drift, log, request: waits ? await approvals.newest(item.cutoverId) : null };
  };
}

function shownOf(deployment: Deployment, { item, live, drift, log, request }: IngressStatus) {
  // Whoever has the task token can answer the sign-off, so it stays in the ledger.
  const { token: _token, ...signoff } = request ?? { token: '' };
  const last = log.slice(-LAST_ENTRIES);
  const safe = live.every(({ absent }) => absent === undefined) && isSafe(deployment, live);
  return { deployment, item, live, drift, safe, log: last, signoff: 'kind' in signoff ? signoff : null };
}

type Found = ReturnType<typeof shownOf>;

/** Such a rule carries no requests, and no trigger recreates it. */
const ABSENT =
  'A rule was deleted or no longer forwards: its requests go elsewhere. Next: give a deleted rule another priority in the stack and `cdk deploy`; let a changed one forward to stable again, or start no run before you do.';

/** @param at the time, by the deployment's clock */
function text({ deployment, item, live, drift, safe: isSafeNow, log, signoff }: Found, at: number): string {
  const absent = live.some((rule) => rule.absent !== undefined);
  const weights = `Live: ${describeWeights(deployment, live)}${absent ? `\n${ABSENT}` : drift ? '\nDRIFT: live weights differ from the expected ones; the watchdog will correct them within a minute' : ''}`;
  const safe = isSafeNow ? ['You are safe: all traffic is on stable.'] : [];
  if (item === null)
    return `Ingress ${deployment.ingressId}: no cutover has run here.\n${[weights, ...safe].join('\n')}`;
  const { rollback } = item;
  // After a rollback, the run's intent no longer affects customers.
  const split = item.status === 'running' ? ` ${describeSplit(item.intent.split)}.` : '';
  return [
    `Ingress ${item.ingressId}: cutover ${item.cutoverId} is ${item.status.replace('_', ' ')} (${placeOfRun(item)}, generation ${item.generation}).${split}`,
    weights,
    ...safe,
    ...(item.status === 'running' ? asked(item, at) : []),
    ...(signoff === null ? [] : waiting(deployment, signoff)),
    ...(rollback === null
      ? []
      : [`Rollback triggered at ${rollback.requestedAt} by ${plain(describeCause(rollback))}`, progressOf(rollback)]),
    ...log.map((e) => `  ${e.at}  ${describeKind(e.kind).padEnd(11)} ${plain(e.message)}`),
  ].join('\n');
}

/** People's requests that are still in effect. */
function asked({ steering, phase, stage }: Lease, at: number): string[] {
  const pause = pauseAt(steering, at);
  const { request } = steering;
  const why = (reason: string) => (reason === '' ? '' : ` (${plain(reason)})`);
  return [
    ...(pause === null ? [] : [`Paused by ${plain(pause.by)} until ${pause.until}${why(pause.reason)}.`]),
    ...(request?.kind === 'promote' && request.phase === phase && request.stage === stage
      ? [
          `Promotion ${request.override ? 'without evidence ' : ''}requested by ${plain(request.by)} at ${request.at}${why(request.reason)}.`,
        ]
      : []),
  ];
}

function waiting(deployment: Deployment, signoff: NonNullable<Found['signoff']>): string[] {
  const { kind, expiresAt, evidence, agreed, cutoverId: id } = signoff;
  return [
    `Waiting for the ${kind} sign-off until ${expiresAt}; without an answer the cutover rolls back.`,
    `  Evidence: ${plain(evidence)}`,
    ...agreed.map(({ by }) => `  Approved by ${plain(by)}; another person must approve too.`),
    `  Approve: ${commandAt(deployment, `approve ${id}`)}`,
    `  Reject:  ${commandAt(deployment, `refuse ${id}`)}`,
  ];
}

/** The progress of a rollback. Both instants are ISO-8601; null: not yet. */
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

/** For example `15:34:51Z`. */
function time(iso: string): string {
  return `${iso.slice(11, 19)}Z`;
}
