/**
 * One rehearsed cutover, from the first customer to the verdict. Every part is real except AWS, which is simulated at
 * the level of its wire protocols.
 */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { RunEvidence } from '../../console/view/index.ts';
import { type CutoverId, cutoverIdSchema, type Lease, type Leases, planSchema } from '../../core/model/index.ts';
import { dynamoDecisionLog, dynamoLeases, dynamoParityRules } from '../../lambdas/aws/dynamo/index.ts';
import type { RuleSet } from '../../parity/rules/index.ts';
import { type CloudEvent, type LocalCloud, startCloud } from '../cloud/index.ts';
import type { Assembly } from '../cloud/template/index.ts';
import { type DataPlane, startDataPlane, startHealthChecks } from '../dataplane/index.ts';
import { GATEWAY_MIX, type MixEntry, startLoad } from '../load/index.ts';
import { LOCAL_CLIENT, Pacemaker } from '../machine/index.ts';
import type { approve } from './approver.ts';
import { Chaos, type ChaosSpec } from './aws-faults.ts';
import { Fleet, type OwnServices } from './fleet.ts';
import type { CandidateChoice, MirrorChoice } from './gateways.ts';
import { WARM_UP_MINUTES } from './rehearsal-plan.ts';
import { type RehearsalProgress, RunCourse, type Scenario } from './run-course.ts';
import { startUsageMetrics } from './usage.ts';

const MINUTE_MS = 60_000;

export interface RehearsalOptions {
  readonly assembly: Assembly;
  readonly candidate: CandidateChoice;
  readonly mirror: MirrorChoice;
  /** Somebody's own services in place of the examples. */
  readonly own?: OwnServices;
  readonly mix?: readonly MixEntry[];
  /** Simulated seconds per real second, where the machine can follow. */
  readonly speed: number;
  /** The same at the beginning. @default the usual speed */
  readonly firstSpeed?: number;
  /** Requests per real second, at that speed. */
  readonly rps: number;
  /** Port of the local load balancer. @default any free one */
  readonly port?: number;
  /** The owner's rules about differences, stored before the run as `crossfade rules put` does. @default none */
  readonly rules?: RuleSet;
  /** Faults on AWS calls. @default none */
  readonly chaos?: readonly ChaosSpec[];
  /** Called with the cloud once it runs, and the id of the run that will begin in it, for observers and steering. */
  readonly onCloud?: (cloud: LocalCloud, cutoverId: CutoverId) => void;
  /** Answers a sign-off once the machine waits for it. @default approves it */
  readonly answer?: typeof approve;
  readonly progress: RehearsalProgress;
  /** Ends the run early, and stops everything that was started. */
  readonly signal: AbortSignal;
}

/** Runs one scenario to its end. @throws if it could not begin, or was aborted; everything is stopped by then */
export async function rehearse(scenario: Scenario, options: RehearsalOptions): Promise<RunEvidence> {
  const stops: (() => Promise<void>)[] = [];
  try {
    return await run(scenario, options, stops);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function run(
  scenario: Scenario,
  options: RehearsalOptions,
  stops: (() => Promise<void>)[],
): Promise<RunEvidence> {
  const { progress, signal, chaos: specs = [] } = options;
  const cutoverId = cutoverIdSchema.parse(`rehearsal-${randomUUID().slice(0, 8)}`);
  const chaos = new Chaos(specs);
  let onCloudEvent: (event: CloudEvent) => void = () => {};
  const { cloud, pacemaker } = await startPacedCloud(options, chaos, (event) => onCloudEvent(event), stops);
  const { clock } = cloud;
  signal.throwIfAborted();
  const { fleet, plane } = await startServices(cloud, options, stops);
  // A real cold start would take minutes of simulated time, and would take the CPU from the first customers.
  await Promise.race([cloud.lambda.warm(), aborted(signal)]);

  const dynamo = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: cloud.dynamoUrl });
  stops.push(async () => dynamo.destroy());
  const { ledgerTable: table, ingressId } = cloud.deployment;
  if (options.rules !== undefined) await storeRules(dynamo, cloud, options.rules);
  const decisionLog = dynamoDecisionLog(dynamo, table, ingressId);
  const log = () => decisionLog.entries(cutoverId);
  const course = new RunCourse(scenario, { ...options, cloud, cutoverId, chaos, fleet, log });
  onCloudEvent = (event) => course.see(event);

  const customers = startCustomers(course, plane, { ...options, clock, pacemaker });
  stops.push(() => customers.stop());
  cloud.run();
  options.onCloud?.(cloud, cutoverId);
  await takeBaseline(clock, customers, options);

  cloud.machine.start(cutoverId, { plan: z.encode(planSchema, scenario.plan) });
  await Promise.race([course.ended, aborted(signal)]);
  const lease = await settled(dynamoLeases(dynamo, table), cloud, signal);
  // Customers continue for a minute after the end; a failure now would be the cutover's fault.
  await clock.sleep(MINUTE_MS, signal);
  await customers.stop();
  await course.readLog();
  cloud.access.demandNoDenial();
  progress.note(
    clock.now(),
    `The synthesised IAM policies allowed all ${cloud.access.decisions.toLocaleString('en-US')} AWS calls of the run`,
  );
  return course.evidence({
    ingressId,
    cutoverId,
    endedAt: clock.now(),
    candidate: options.candidate.label,
    log: await log(),
    lease,
    execution: [...cloud.machine.executions.values()].find(({ name }) => name === cutoverId) ?? null,
    chaos: specs.map((spec) => spec.text),
  });
}

/** The local cloud, and whoever slows its time down while this machine cannot follow. */
async function startPacedCloud(
  { assembly, speed, firstSpeed = speed, progress }: RehearsalOptions,
  { intercept }: Chaos,
  onEvent: (event: CloudEvent) => void,
  stops: (() => Promise<void>)[],
): Promise<{ readonly cloud: LocalCloud; readonly pacemaker: Pacemaker }> {
  const cloud = await startCloud({ assembly, speed, onEvent, intercept });
  stops.push(() => cloud.stop());
  const { clock } = cloud;
  const pacemaker = new Pacemaker({
    clock,
    speed: firstSpeed,
    longestMs: () => cloud.lambda.longestMs,
    onSlow: (now) => progress.note(clock.now(), slowText(now, speed)),
  });
  stops.push(async () => pacemaker.stop());
  return { cloud, pacemaker };
}

async function storeRules(dynamo: DynamoDBClient, { clock, deployment }: LocalCloud, set: RuleSet): Promise<void> {
  const { ledgerTable: table, ingressId } = deployment;
  const at = new Date(clock.now()).toISOString();
  await dynamoParityRules(dynamo, { table, ingressId, clock }).put({ set, by: 'rehearsal', at });
}

/** Both sides behind the local load balancer, with their metrics in CloudWatch. */
async function startServices(
  cloud: LocalCloud,
  { candidate, mirror, own, port = 0 }: RehearsalOptions,
  stops: (() => Promise<void>)[],
): Promise<{ readonly fleet: Fleet; readonly plane: DataPlane }> {
  const { clock, metrics, model, services } = cloud;
  const fleet = new Fleet({ cloud, candidate: candidate.command, mirror, ...(own === undefined ? {} : { own }) });
  stops.push(() => fleet.stop());
  await fleet.start();
  const stopHealth = startHealthChecks({
    model,
    clock,
    metrics,
    healthPort: (t) => fleet.healthPort(t),
    healthPath: (t) => fleet.healthPath(t),
  });
  stops.push(async () => stopHealth());
  const stopUsage = startUsageMetrics({ services, metrics, clock, pidsOf: (service) => fleet.pidsOf(service) });
  stops.push(async () => stopUsage());
  const plane = await startDataPlane({ model, clock, metrics, port, sideOf: (group) => fleet.sideOf(group) });
  stops.push(() => plane.stop());
  return { fleet, plane };
}

interface Customers {
  /** Resolves when the first customer has come. */
  readonly came: Promise<void>;
  /** May be called more than once. */
  stop(): Promise<void>;
}

function startCustomers(
  course: RunCourse,
  { url }: DataPlane,
  {
    mix = GATEWAY_MIX,
    rps,
    clock,
    pacemaker,
  }: RehearsalOptions & { readonly clock: LocalCloud['clock']; readonly pacemaker: Pacemaker },
): Customers {
  const came = Promise.withResolvers<void>();
  const customersClock = { source: clock.source, speed: clock.speed };
  const load = startLoad({ url, rps, mix: course.mixOf(mix), clock: customersClock }, (tick) => {
    if (tick.sent > 0) came.resolve();
    pacemaker.customersWaited(tick.waitedMs);
    course.tick(tick);
  });
  let stopped: Promise<void> | undefined;
  return {
    came: came.promise,
    stop() {
      stopped ??= load.stop();
      return stopped;
    },
  };
}

/** Lets the customers come, for as long as the baseline looks back. */
async function takeBaseline(
  clock: LocalCloud['clock'],
  customers: Customers,
  options: RehearsalOptions,
): Promise<void> {
  const { progress, signal } = options;
  progress.note(
    clock.now(),
    `Clients send ${perSecond(options)} requests a second; ${WARM_UP_MINUTES} minutes of baseline first`,
  );
  // On a busy machine customers come late, and the baseline needs its minutes of them.
  await Promise.race([customers.came, aborted(signal)]);
  await clock.sleep((WARM_UP_MINUTES + 1) * MINUTE_MS, signal);
}

/** Requests per simulated second, like all figures during the run. */
function perSecond({ rps, speed }: RehearsalOptions): number {
  return Number((rps / speed).toPrecision(2));
}

function slowText(speed: number, usual: number): string {
  return `This machine is busy: simulated time waits for it, at ${Math.round(speed)} instead of ${usual} times real time. The rehearsal takes longer.`;
}

/** A rollback is over once counts have verified it, which the watchdog does after the execution was stopped. */
async function settled(ledger: Leases, cloud: LocalCloud, signal: AbortSignal): Promise<Lease | null> {
  const deadline = cloud.clock.now() + 15 * MINUTE_MS;
  for (;;) {
    const lease = await ledger.read(cloud.deployment.ingressId);
    const open =
      lease?.status === 'running' ||
      lease?.status === 'rolling_back' ||
      (lease?.status === 'rolled_back' && lease.rollback?.verifiedAt === null);
    if (!open || cloud.clock.now() > deadline) return lease;
    await cloud.clock.sleep(cloud.clock.speed * 100, signal);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
