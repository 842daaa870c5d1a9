/** One rehearsed cutover, from the first customer to the verdict: every part real but AWS, and that one on the wire. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { RunEvidence } from '../../console/view/index.ts';
import {
  type CutoverId,
  cutoverIdSchema,
  type Lease,
  type Leases,
  type Plan,
  planSchema,
  shareOf,
} from '../../core/model/index.ts';
import { dynamoDecisionLog, dynamoLeases } from '../../lambdas/aws/dynamo/index.ts';
import { type CloudEvent, type LocalCloud, startCloud } from '../cloud/index.ts';
import type { Assembly } from '../cloud/template/index.ts';
import { startDataPlane, startHealthChecks } from '../dataplane/index.ts';
import { GATEWAY_MIX, type LoadTick, type MixEntry, startLoad } from '../load/index.ts';
import { LOCAL_CLIENT, liveWeights } from '../machine/index.ts';
import { approve } from './approver.ts';
import { Chaos, type ChaosSpec } from './aws-faults.ts';
import { cohortIn, shareOfCohort, withCohort } from './cohort.ts';
import { byLoadBalancer, type FaultSpec, isSurvivable } from './fault.ts';
import { Fleet, type OwnServices } from './fleet.ts';
import type { CandidateChoice } from './gateways.ts';
import { Recorder } from './recorder.ts';
import { WARM_UP_MINUTES } from './rehearsal-plan.ts';
import { begunRehearsal, type RehearsalNews, type RehearsalState, rehearsalAfter } from './rehearsal-state.ts';
import { startUsageMetrics } from './usage.ts';

const MINUTE_MS = 60_000;

export interface Scenario {
  readonly title: string;
  readonly plan: Plan;
  readonly fault: FaultSpec | null;
}

export interface RehearsalOptions {
  readonly assembly: Assembly;
  readonly candidate: CandidateChoice;
  /** Somebody's own services instead of the examples. */
  readonly own?: OwnServices;
  readonly mix?: readonly MixEntry[];
  /** Virtual seconds per real second. */
  readonly speed: number;
  /** Requests per real second. */
  readonly rps: number;
  /** Port of the local load balancer. @default any free one */
  readonly port?: number;
  /** Faults on AWS calls. @default none */
  readonly chaos?: readonly ChaosSpec[];
  /** Told of the cloud once it runs, and of the run that will begin in it: for those who look on, or steer. */
  readonly onCloud?: (cloud: LocalCloud, cutoverId: CutoverId) => void;
  /** Answers a sign-off once the machine waits for it. @default approves it */
  readonly answer?: typeof approve;
  readonly progress: RehearsalProgress;
  /** Ends the run early; everything that was started is stopped. */
  readonly signal: AbortSignal;
}

export interface RehearsalProgress {
  event(at: number, event: CloudEvent): void;
  tick(at: number, tick: LoadTick): void;
  note(at: number, text: string): void;
  /** All that is known by now; told after each of the others. */
  state(state: RehearsalState): void;
}

/** Runs one scenario to its end. @throws when it could not be begun, or was aborted; by then everything is stopped. */
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
  const { progress, signal, answer = approve } = options;
  const cutoverId = cutoverIdSchema.parse(`rehearsal-${randomUUID().slice(0, 8)}`);
  const chaos = new Chaos(options.chaos ?? []);
  let onCloudEvent: (event: CloudEvent) => void = () => {};
  const cloud = await startCloud({
    assembly: options.assembly,
    speed: options.speed,
    onEvent: (event) => onCloudEvent(event),
    intercept: chaos.intercept,
  });
  stops.push(() => cloud.stop());
  signal.throwIfAborted();
  const { clock } = cloud;
  const recorder = new Recorder(clock);
  const fleet = new Fleet({
    cloud,
    candidate: options.candidate.command,
    ...(options.own === undefined ? {} : { own: options.own }),
  });
  stops.push(() => fleet.stop());
  await fleet.start();
  const stopHealth = startHealthChecks({
    model: cloud.model,
    clock,
    metrics: cloud.metrics,
    healthPort: (t) => fleet.healthPort(t),
    healthPath: (t) => fleet.healthPath(t),
  });
  stops.push(async () => stopHealth());
  const { services, metrics } = cloud;
  const stopUsage = startUsageMetrics({ services, metrics, clock, pidsOf: (service) => fleet.pidsOf(service) });
  stops.push(async () => stopUsage());
  const plane = await startDataPlane({
    model: cloud.model,
    clock,
    metrics: cloud.metrics,
    port: options.port ?? 0,
    sideOf: (group) => fleet.sideOf(group),
  });
  stops.push(() => plane.stop());

  // A real cold start would be minutes of compressed time, and would take the processors from the first customers.
  await Promise.all([...cloud.lambda.functions.values()].map((each) => each.warm()));
  signal.throwIfAborted();
  const startedAt = clock.now();
  recorder.weights(startedAt, shares(cloud));
  let known = begunRehearsal({
    title: scenario.title,
    plan: scenario.plan,
    speed: options.speed,
    startedAt,
    fault: scenario.fault?.text ?? null,
  });
  const learn = (news: RehearsalNews) => {
    known = rehearsalAfter(known, news);
    progress.state(known);
  };
  learn({ type: 'shares', at: startedAt, shares: shares(cloud) });
  const cohort = cohortIn(cloud);
  const lookAtCohort = (at: number) => {
    if (cohort !== null && recorder.cohort(at, shareOfCohort(cloud, cohort)))
      progress.note(
        at,
        `  cohort (${cohort.header.join(': ')}): ${percentText(shareOfCohort(cloud, cohort))} to candidate`,
      );
  };
  lookAtCohort(startedAt);
  const dynamo = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: cloud.dynamoUrl });
  stops.push(async () => dynamo.destroy());
  const { ledgerTable: table, ingressId } = cloud.deployment;
  const decisionLog = dynamoDecisionLog(dynamo, table, ingressId);
  const readLog = async () => learn({ type: 'log', at: clock.now(), entries: await decisionLog.entries(cutoverId) });
  const ended = Promise.withResolvers<void>();
  let faultAt: number | null = null;
  const injectAt = (where: FaultSpec['at']) => {
    if (scenario.fault === null || scenario.fault.at !== where || faultAt !== null) return;
    faultAt = clock.now();
    progress.note(faultAt, `Fault injected: ${scenario.fault.text}`);
    learn({ type: 'fault', at: faultAt });
    const fault = byLoadBalancer(scenario.fault);
    if (fault !== null && (options.own !== undefined || fault.resets !== undefined)) plane.inject(fault);
    else void fleet.inject(scenario.fault.inject).catch(ended.reject);
  };
  onCloudEvent = (event) => {
    progress.event(clock.now(), event);
    learn({ type: 'event', at: clock.now(), event });
    chaos.see(event);
    recorder.event(event);
    if (event.type === 'weights') {
      recorder.weights(event.at, shares(cloud));
      learn({ type: 'shares', at: event.at, shares: shares(cloud) });
      lookAtCohort(event.at);
    }
    if (event.type === 'scale') void fleet.scale(event.service);
    if ((event.type === 'state' && event.state.endsWith(' interval')) || event.type === 'end') {
      // Whoever looks on may miss a decision for a while; the evidence is read whole in the end.
      void readLog().catch(() => {});
    }
    if (event.type === 'state') {
      if (event.state === 'Await shadow sign-off') void answer(cloud, cutoverId, 'shadow').catch(ended.reject);
      if (event.state === 'Await final sign-off') void answer(cloud, cutoverId, 'final').catch(ended.reject);
      if (event.state === 'Shadow interval') injectAt('shadow');
      if (event.state === 'Soak interval') injectAt('soak');
      if (event.state === 'Stage interval') injectAt(percentOf(event.input));
    }
    if (event.type === 'end') ended.resolve();
  };
  const customersCame = Promise.withResolvers<void>();
  const { mix = GATEWAY_MIX } = options;
  const customers = { url: plane.url, rps: options.rps, mix: cohort === null ? mix : withCohort(mix, cohort) };
  const load = startLoad(customers, (tick) => {
    if (tick.sent > 0) customersCame.resolve();
    recorder.tick(tick);
    progress.tick(clock.now(), tick);
    learn({ type: 'tick', at: clock.now(), tick });
  });
  let loadStopped = false;
  const stopLoad = async () => {
    if (!loadStopped) await load.stop();
    loadStopped = true;
  };
  stops.push(stopLoad);
  cloud.run();
  options.onCloud?.(cloud, cutoverId);
  progress.note(
    clock.now(),
    `Clients send ${perSecond(options)} requests a second; ${WARM_UP_MINUTES} minutes of baseline first`,
  );
  // On a busy machine they come late, and the baseline needs its minutes of them.
  await Promise.race([customersCame.promise, aborted(signal)]);
  await pause(clock.toRealMs((WARM_UP_MINUTES + 1) * MINUTE_MS), signal);

  cloud.machine.start(cutoverId, { plan: z.encode(planSchema, scenario.plan) });
  await Promise.race([ended.promise, aborted(signal)]);
  const ledger = dynamoLeases(dynamo, table);
  const item = await settled(ledger, cloud, signal);
  // Customers go on for a minute after the end: what fails now would be the cutover's fault.
  await pause(clock.toRealMs(MINUTE_MS), signal);
  await stopLoad();
  await readLog();
  cloud.access.demandNoDenial();
  progress.note(
    clock.now(),
    `The synthesised IAM policies allowed all ${cloud.access.decisions.toLocaleString('en-US')} AWS calls of the run`,
  );
  return recorder.evidence({
    title: scenario.title,
    ingressId: cloud.deployment.ingressId,
    cutoverId,
    startedAt,
    endedAt: clock.now(),
    speed: options.speed,
    candidate: options.candidate.label,
    fault: scenario.fault === null ? null : { text: scenario.fault.text, at: faultAt },
    survivable: scenario.fault !== null && isSurvivable(scenario.fault),
    log: await decisionLog.entries(cutoverId),
    item,
    execution: [...cloud.machine.executions.values()].at(-1) ?? null,
    chaos: options.chaos?.map((s) => s.text) ?? [],
  });
}

/** Requests in a second of simulated time, as everything that is told while it runs. */
function perSecond({ rps, speed }: RehearsalOptions): number {
  return Number((rps / speed).toPrecision(2));
}

/** A rollback is over once the return was verified; the watchdog does that when the execution was stopped. */
async function settled(ledger: Leases, cloud: LocalCloud, signal: AbortSignal): Promise<Lease | null> {
  const deadline = cloud.clock.now() + 15 * MINUTE_MS;
  for (;;) {
    const item = await ledger.read(cloud.deployment.ingressId);
    const open =
      item?.status === 'running' ||
      item?.status === 'rolling_back' ||
      (item?.status === 'rolled_back' && item.rollback?.verifiedAt === null);
    if (!open || cloud.clock.now() > deadline) return item;
    await pause(100, signal);
  }
}

function shares(cloud: LocalCloud): Record<string, number> {
  const { deployment, model } = cloud;
  const mirrored = deployment.rules.find((r) => r.roles.includes('mirrorForward')) ?? deployment.rules[0];
  const rule = model.rules.get(mirrored?.arn ?? '');
  if (mirrored === undefined || rule === undefined) return {};
  const weights = liveWeights(rule);
  return Object.fromEntries(mirrored.roles.map((role) => [role, shareOf(deployment, weights, [role])]));
}

function percentText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function percentOf(input: unknown): number {
  const state = z
    .looseObject({
      stage: z.number(),
      plan: z.looseObject({ stages: z.array(z.looseObject({ percent: z.number() })) }),
    })
    .safeParse(input);
  return state.success ? (state.data.plan.stages[state.data.stage]?.percent ?? 0) : 0;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
