/**
 * Checks the number of AWS calls that campaigns plan with: invokes each deployed bundle once and counts its calls on
 * the wire.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CALLS_AT_REST,
  CALLS_OF_LOOK,
  CALLS_OF_RETURN,
  CALLS_OF_WATCHDOG,
  type Calls,
  callsOf,
  RULES_OF_CUTOVER,
} from '../../../core/campaign/buckets.ts';
import { type CutoverState, stateToJson } from '../../../core/model/run-state.ts';
import { SAFE_SPLIT, weightsFor } from '../../../core/model/split.ts';
import { dynamoDecisionLog } from '../../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../../lambdas/aws/dynamo/leases.ts';
import { syntheticTraffic } from '../../../rehearsal/chaos/synthetic-traffic.ts';
import { type LocalCloud, startCloud } from '../../../rehearsal/cloud/cloud.ts';
import { History } from '../../../rehearsal/cloud/states/history.ts';
import { sharedAssembly } from '../../support/assembly.ts';
import { claimRun } from '../../support/claimed-run.ts';
import { MemoryWorld } from '../../support/memory-world.ts';
import { atFirstStage } from '../../support/run.ts';

/** The AWS limit that a call counts against. */
const LIMITED: readonly (readonly [RegExp, keyof Calls])[] = [
  [/^elasticloadbalancing\.(Modify|Create|Delete|Set)/, 'modifyRule'],
  [/^elasticloadbalancing\.Describe/, 'describeRules'],
  [/^cloudwatch\.GetMetricData$/, 'getMetricData'],
  [/^cloudwatch\.DescribeAlarms$/, 'describeAlarms'],
];

let cloud: LocalCloud;
let stopTraffic: () => void;
let state: CutoverState;
const calls: string[] = [];

beforeAll(async () => {
  cloud = await startCloud({
    assembly: await sharedAssembly(),
    speed: 60,
    onEvent: () => {},
    intercept: (service, operation) => {
      calls.push(`${service}.${operation}`);
      return null;
    },
  });
  // The cloud is not started, so no schedule and no alarm runs.
  stopTraffic = syntheticTraffic(cloud);
  const since = new Date(cloud.clock.now() - 5 * 60_000).toISOString();
  state = { ...(await atFirstStage(new MemoryWorld())), ingressId: cloud.deployment.ingressId, since };
});
afterAll(async () => {
  stopTraffic();
  await cloud.stop();
});

function functionOf(handler: RegExp): string {
  const [name, ...others] = [...cloud.lambda.functions.keys()].filter((key) => handler.test(key));
  if (name === undefined || others.length > 0) throw new RangeError(`${handler}: not one function`);
  return name;
}

async function callsOfOne(handler: RegExp, event: unknown): Promise<Calls> {
  calls.length = 0;
  await cloud.lambda.invoke(functionOf(handler), event);
  const counted = calls.flatMap((call) => LIMITED.filter(([is]) => is.test(call)).map(([, id]) => id));
  return callsOf((id) => counted.filter((one) => one === id).length);
}

/** Records a run at its first stage. */
async function begin(): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: cloud.dynamoUrl,
    region: 'local-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const { deployment } = cloud;
  const leases = dynamoLeases(client, deployment.ledgerTable);
  const log = dynamoDecisionLog(client, deployment.ledgerTable, deployment.ingressId);
  const executionArn = `${cloud.machine.arn.replace(':stateMachine:', ':execution:')}:${state.cutoverId}`;
  state = { ...state, executionArn };
  // The watchdog sees a running execution, but no machine interprets it.
  cloud.machine.executions.set(executionArn, {
    arn: executionArn,
    name: state.cutoverId,
    input: {},
    startedAt: cloud.clock.now(),
    history: new History(() => cloud.clock.now()),
    status: 'RUNNING',
    stoppedAt: null,
    error: null,
    cause: null,
    output: null,
  });
  const lease = await claimRun(leases, log, {
    deployment,
    cutoverId: state.cutoverId,
    executionArn,
  });
  // The intent matches the listener, so the watchdog has nothing to restore.
  const at = new Date(cloud.clock.now()).toISOString();
  const intent = { split: SAFE_SPLIT, weights: weightsFor(deployment, SAFE_SPLIT), at, confirmed: true };
  const heartbeatDueAt = new Date(cloud.clock.now() + 86_400_000).toISOString();
  await leases.recordIntent(lease, intent, { phase: 'stage', stage: 0, heartbeatDueAt });
  client.destroy();
}

const WATCHDOG = /watchdogFn/;

describe('calls against the limits that cutovers share', () => {
  it('are, where nothing is under way, those of the watchdog at rest', async () => {
    expect(await callsOfOne(WATCHDOG, {})).toEqual(CALLS_AT_REST);
  });

  it('are, of one look at a run under way and of the watchdog beside it, no more than campaigns reckon with', async () => {
    await begin();
    const looked = await callsOfOne(/watchFn/, stateToJson(state));
    // The ECS services tell which code they run; only a side without a service is asked for its targets. A second
    // GetMetricData call would be made only for the plan's own metrics.
    expect(looked).toEqual({ ...CALLS_OF_LOOK, describeRules: CALLS_OF_LOOK.describeRules - 2, getMetricData: 1 });
    // Neither the candidate nor the mirror has traffic and nothing is owed, so the watchdog only reads the rules;
    // otherwise it reads health and counts as well.
    const watched = await callsOfOne(WATCHDOG, {});
    expect(watched).toEqual(CALLS_AT_REST);
    expect(callsOf((id) => Math.max(watched[id], CALLS_OF_WATCHDOG[id]))).toEqual(CALLS_OF_WATCHDOG);
    expect(cloud.access.denials).toEqual([]);
  });

  it('are, of a way back, the changes of its rules', async () => {
    const written = await callsOfOne(/crossfade-rollback$/, { trigger: 'operator', by: 'test', reason: 'counted' });
    expect(written).toEqual({
      modifyRule: RULES_OF_CUTOVER,
      describeRules: CALLS_OF_RETURN,
      getMetricData: 0,
      describeAlarms: 0,
    });
  });
});
