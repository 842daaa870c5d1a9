/**
 * One cutover on the local cloud with a fault on its AWS calls. It uses the synthesised machine, alarms, rules and
 * bundles, but no gateways: metrics follow the live weights, captures arrive while the mirror is open, and sign-offs
 * are given.
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
import { LOCAL_CLIENT, liveWeights, Pacemaker } from '../machine/index.ts';
import { approve, Chaos, type ChaosSpec } from '../scenario/index.ts';
import { HALF_HOUR_PLAN } from '../simulation/scenario/index.ts';
import { syntheticTraffic } from './synthetic-traffic.ts';

const MINUTE_MS = 60_000;
const WARM_UP_MINUTES = 3;
/** Simulated minutes after the end of the execution within which everything must have settled. */
const SETTLE_MINUTES = 12;
/** Real time after which an unfinished run counts as stuck; the SDK's timeouts and retries are real, too. */
const STUCK_REAL_MS = 400_000;

export interface SweepOptions {
  readonly assembly: Assembly;
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Whether an alarm goes red in the first canary stage. */
  readonly redAlarm: boolean;
  readonly signal: AbortSignal;
}

/**
 * `safe`: the listener carries the desired weights, which is all traffic on stable unless the cutover has completed.
 */
export interface SweepResult {
  readonly outcome: 'completed' | 'rolled back' | 'refused' | 'stuck';
  readonly safe: boolean;
  /**
   * Whether somebody would notice: the execution's error, a message, or a failed invocation describes what happened.
   */
  readonly reported: boolean;
  readonly injected: number;
  /** Simulated minutes from the start of the execution to its end. */
  readonly minutes: number;
  /** The cause with which the execution ended. */
  readonly cause: string;
  readonly calls: ReadonlyMap<string, number>;
  /** The requests to IAM. */
  readonly access: LocalCloud['access'];
}

/**
 * Synthetic metrics are never late. With 60 candidate requests a minute the default margin cannot be shown within a
 * hold of twenty minutes, and the sweep is not about the gate.
 */
const PLAN = parsePlan({
  ...HALF_HOUR_PLAN,
  gate: { minRequests: 20, settleAfter: 'PT0S', errorMargin: 0.02, slowMargin: 0.05 },
});

/** @throws only if it is aborted */
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
  const { clock } = cloud;
  const longestMs = () => cloud.lambda.longestMs;
  const pacemaker = new Pacemaker({ clock, speed: options.speed, longestMs, onSlow: () => {} });
  const stopTraffic = syntheticTraffic(cloud);
  try {
    await cloud.lambda.warm();
    let [ended, told] = [false, false];
    onEvent = (event) => {
      chaos.see(event);
      if (event.type === 'end') ended = true;
      if (event.type === 'message' || event.type === 'invocation-failed') told = true;
      if (event.type !== 'state') return;
      if (event.state === 'Await shadow sign-off') void approve(cloud, cutoverId, 'shadow').catch(() => {});
      if (event.state === 'Await final sign-off') void approve(cloud, cutoverId, 'final').catch(() => {});
      if (event.state !== 'Stage interval' || !options.redAlarm) return;
      chaos.goBack();
      void turnRed(cloud);
    };
    cloud.run();
    await cloud.clock.sleep((WARM_UP_MINUTES + 1) * MINUTE_MS, options.signal);
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
    pacemaker.stop();
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

/** After the outage: what the watchdog does in the next minutes. */
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

/** Uses SetAlarmState, as a drill does. */
async function turnRed(cloud: LocalCloud): Promise<void> {
  const client = new CloudWatchClient({ ...LOCAL_CLIENT, endpoint: cloud.url });
  const [AlarmName] = cloud.deployment.rollbackAlarms;
  await client
    .send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'the sweep turns it red' }))
    .catch(() => {});
  client.destroy();
}
