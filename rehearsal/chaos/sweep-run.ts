/**
 * One cutover against the local cloud with a fault on its AWS calls: the synthesised machine, alarms, rules and bundles,
 * without gateways. Metrics follow the live weights, captures flow while the mirror is open, sign-offs are given.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { desiredWeights } from '../../core/fence/index.ts';
import {
  type CutoverId,
  cutoverIdSchema,
  type Lease,
  parsePlan,
  planSchema,
  SAFE_SPLIT,
  sameWeights,
  weightsFor,
} from '../../core/model/index.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/index.ts';
import { type CloudEvent, type LocalCloud, startCloud } from '../cloud/index.ts';
import type { Assembly } from '../cloud/template/index.ts';
import { LOCAL_CLIENT, liveWeights } from '../machine/index.ts';
import { approve, Chaos, type ChaosSpec } from '../scenario/index.ts';
import { HALF_HOUR_PLAN } from '../simulation/scenario/index.ts';
import { syntheticTraffic } from './synthetic-traffic.ts';

const MINUTE_MS = 60_000;
const WARM_UP_MINUTES = 3;
/** Virtual time after the end of the execution within which everything must have settled. */
const SETTLE_MINUTES = 12;
/** Real time after which a run that has not ended is called stuck: the SDK's time-outs and retries are real, too. */
const STUCK_REAL_MS = 400_000;

export interface SweepOptions {
  readonly assembly: Assembly;
  /** Virtual seconds per real second. */
  readonly speed: number;
  /** An alarm goes red in the first canary stage. */
  readonly redAlarm: boolean;
  readonly signal: AbortSignal;
}

/** `safe`: the listener carries what the ledger owes, and where nobody completed that is the stable side, whole. */
export interface SweepResult {
  readonly outcome: 'completed' | 'rolled back' | 'refused' | 'stuck';
  readonly safe: boolean;
  /** Whether somebody would know: the execution's error, a message, or a failed invocation names what happened. */
  readonly reported: boolean;
  readonly injected: number;
  /** Virtual minutes from the start of the execution to its end. */
  readonly minutes: number;
  /** The execution's last word. */
  readonly cause: string;
  readonly calls: ReadonlyMap<string, number>;
  /** What IAM was asked. */
  readonly access: LocalCloud['access'];
}

/**
 * Synthetic metrics have no point that comes late. Of 60 candidate requests a minute the default margin is not shown within a hold of twenty
 * minutes, and the sweep is not about the gate.
 */
const PLAN = parsePlan({
  ...HALF_HOUR_PLAN,
  gate: { minRequests: 20, settleAfter: 'PT0S', errorMargin: 0.02, slowMargin: 0.05 },
});

/** @throws only when it is aborted. */
export async function sweepRun(specs: readonly ChaosSpec[], options: SweepOptions): Promise<SweepResult> {
  const chaos = new Chaos(specs);
  const cutoverId = cutoverIdSchema.parse('sweep');
  let onEvent: (event: CloudEvent) => void = () => {};
  const cloud = await startCloud({
    assembly: options.assembly,
    speed: options.speed,
    intercept: chaos.intercept,
    onEvent: (event) => onEvent(event),
  });
  const dynamo = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: cloud.dynamoUrl });
  const stopTraffic = syntheticTraffic(cloud);
  try {
    let [ended, told] = [false, false];
    onEvent = (event) => {
      chaos.see(event);
      if (event.type === 'end') ended = true;
      if (event.type === 'message' || event.type === 'invocation-failed') told = true;
      if (event.type !== 'state') return;
      if (event.state === 'Await shadow sign-off') void approve(cloud, cutoverId, 'shadow').catch(() => {});
      if (event.state === 'Await final sign-off') void approve(cloud, cutoverId, 'final').catch(() => {});
      if (event.state === 'Stage interval' && options.redAlarm) void turnRed(cloud);
    };
    cloud.run();
    await delay(cloud.clock.toRealMs((WARM_UP_MINUTES + 1) * MINUTE_MS), undefined, { signal: options.signal });
    const startedAt = cloud.clock.now();
    cloud.machine.start(cutoverId, { plan: z.encode(planSchema, PLAN) });
    const deadline = performance.now() + STUCK_REAL_MS;
    while (!ended && performance.now() < deadline) await delay(20, undefined, { signal: options.signal });
    const minutes = (cloud.clock.now() - startedAt) / MINUTE_MS;
    const execution = [...cloud.machine.executions.values()].at(-1);
    chaos.lift();
    const lease = await settle(cloud, dynamo, cutoverId, options.signal);
    return {
      outcome: outcomeOf(lease, ended),
      safe: isSafe(cloud, lease),
      reported: execution?.status === 'SUCCEEDED' || told || (execution?.error ?? '') !== '',
      injected: chaos.injected,
      minutes,
      cause: `${execution?.status} ${execution?.error ?? ''} ${execution?.cause ?? ''}`.trim(),
      calls: chaos.calls,
      access: cloud.access,
    };
  } finally {
    stopTraffic();
    dynamo.destroy();
    await cloud.stop();
  }
}

function outcomeOf(lease: Lease | null, ended: boolean): SweepResult['outcome'] {
  if (!ended) return 'stuck';
  if (lease === null) return 'refused';
  return lease.status === 'completed' ? 'completed' : lease.status === 'rolled_back' ? 'rolled back' : 'stuck';
}

function isSafe({ deployment, model }: LocalCloud, lease: Lease | null): boolean {
  const live = [...model.rules.values()].map(liveWeights);
  return sameWeights(live, lease === null ? weightsFor(deployment, SAFE_SPLIT) : desiredWeights(deployment, lease));
}

/** The outage is over: what the watchdog makes of it in the next minutes. */
async function settle(
  cloud: LocalCloud,
  dynamo: DynamoDBClient,
  id: CutoverId,
  signal: AbortSignal,
): Promise<Lease | null> {
  const ledger = dynamoLeases(dynamo, cloud.deployment.ledgerTable);
  const deadline = cloud.clock.now() + SETTLE_MINUTES * MINUTE_MS;
  for (;;) {
    const lease = await ledger.read(cloud.deployment.ingressId);
    const done =
      lease === null || lease.cutoverId !== id || lease.status === 'completed' || lease.status === 'rolled_back';
    if ((done && isSafe(cloud, lease)) || cloud.clock.now() > deadline) return lease;
    await delay(50, undefined, { signal });
  }
}

/** As a drill does: by SetAlarmState. */
async function turnRed(cloud: LocalCloud): Promise<void> {
  const client = new CloudWatchClient({ ...LOCAL_CLIENT, endpoint: cloud.url });
  const [AlarmName] = cloud.deployment.rollbackAlarms;
  await client
    .send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'the sweep turns it red' }))
    .catch(() => {});
  client.destroy();
}
