/**
 * Preflight: parses the input of the execution, and either refuses with all reasons or takes the ingress for a new run.
 */
import * as z from 'zod';
import { ownerRefusalsOf, refusalText, standingRefusals } from '../core/listener/index.ts';
import {
  type CrossfadeError,
  type CutoverState,
  type CutoverStateJson,
  cutoverIdSchema,
  type Deployment,
  type Drill,
  drillRefusal,
  drillRequestSchema,
  InvalidPlanError,
  type Lease,
  type Plan,
  parsePlan,
  planSchema,
  RefusedError,
  rollbackAlarmsOf,
  SAFE_SPLIT,
  stateToJson,
  toIso,
} from '../core/model/index.ts';
import {
  ANY_TRAFFIC,
  HISTORY_BUDGET,
  heartbeatDueAt,
  project,
  refusals,
  retentionProblem,
  TASK_ALLOWANCE_SECONDS,
} from '../core/phases/index.ts';
import { problemsOf, wordIssue } from '../input/index.ts';
import { composed } from './compose/deployment.ts';
import { alarmReadings, drills, listenerReading } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { stableCapacityReading } from './compose/stable-capacity.ts';
import { surroundings } from './compose/surroundings.ts';
import { type Deps, runOf, tell } from './tasks/index.ts';

/** Written by `crossfade start`, which asks STS for its caller. */
const startedBySchema = z
  .string()
  .regex(/^arn:[\x21-\x7e]{1,300}$/, 'must be the ARN of an IAM identity')
  .optional();

const eventSchema = z.object({
  input: z.strictObject({
    plan: z.unknown().default({}),
    drill: drillRequestSchema.optional(),
    startedBy: startedBySchema,
  }),
  executionArn: z.string().min(1),
  executionName: cutoverIdSchema,
  startedAt: z.string(),
});

const nameSchema = eventSchema.pick({ executionName: true });

type PreflightDeps = Pick<Deps, 'deployment' | 'ledger' | 'decisionLog' | 'drills' | 'clock' | 'notifier' | 'emit'> & {
  readonly ingress: Pick<Deps['ingress'], 'read' | 'health'>;
  readonly surroundings: Pick<Deps['surroundings'], 'read'>;
  readonly alarms: Pick<Deps['alarms'], 'read'>;
  readonly capacity: Pick<Deps['capacity'], 'snapshot'>;
};

export function makeHandler(deps: PreflightDeps) {
  const begin = beginning(deps);
  return (event: unknown): Promise<CutoverStateJson> =>
    begin(event).catch(async (error: unknown) => {
      if (error instanceof RefusedError || error instanceof InvalidPlanError) await tellRefusal(deps, event, error);
      throw error;
    });
}

/** Nothing was changed, and whoever waits for the run is notified. */
async function tellRefusal(deps: PreflightDeps, event: unknown, { message }: CrossfadeError): Promise<void> {
  const { executionName = null } = nameSchema.safeParse(event).data ?? {};
  const subject = `Crossfade ${executionName ?? deps.deployment.ingressId}: refused to start`;
  await tell(deps, { kind: 'refused', cutoverId: executionName, phase: 'preflight', subject, body: message });
}

function beginning(deps: PreflightDeps) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const parsed = eventSchema.safeParse(event, { error: wordIssue });
    if (!parsed.success) throw new InvalidPlanError(problemsOf(parsed.error), parsed.error, 'execution input');
    const { input, executionArn, executionName, startedAt } = parsed.data;
    const plan = parsePlan(input.plan);
    const { deployment, clock } = deps;
    const drill = drillOf(deployment, input.drill);
    const { problems, historyEvents, longestDays } = project(plan, ANY_TRAFFIC);
    if (historyEvents > HISTORY_BUDGET) throw new InvalidPlanError(problems);
    // A drill captures nothing, and uses the default plan whatever the deployment's is.
    const problem = drill === null ? retentionProblem(longestDays, deployment.shadowLogDays) : null;
    if (problem !== null) throw new InvalidPlanError([problem]);
    const live = await deps.ingress.read();
    const reasons = await reasonsAgainst(deps, plan, drill, live, executionArn);
    if (reasons.length > 0) throw new RefusedError(reasons);
    // The later of two clocks, so that an alarm from before the run does not appear younger than the run by
    // CloudWatch's clock.
    const at = toIso(Math.max(clock.now(), Date.parse(startedAt) || 0));
    const due = toIso(clock.now() + TASK_ALLOWANCE_SECONDS * 1000);
    const intent = { split: SAFE_SPLIT, weights: live, at, confirmed: true };
    const item = await deps.ledger.claim({
      ingressId: deployment.ingressId,
      cutoverId: executionName,
      executionArn,
      at,
      intent,
      heartbeatDueAt: due,
      drill,
      startedBy: input.startedBy ?? null,
      stableGroup: deployment.targetGroups.stable.arn,
    });
    const state = firstState(item, plan, drill, at);
    await deps.decisionLog.append(item.cutoverId, {
      at,
      kind: 'phase',
      phase: 'preflight',
      stage: -1,
      by: item.startedBy ?? 'machine',
      message: state.reason,
      data: { plan: z.encode(planSchema, plan), deployment },
    });
    await tell(deps, {
      kind: 'phase',
      ...runOf(state),
      subject: `Crossfade ${item.cutoverId}: preflight`,
      body: `${state.reason} Next heartbeat by ${toIso(heartbeatDueAt(state, clock.now()))}.`,
    });
    return stateToJson(state);
  };
}

async function reasonsAgainst(
  deps: PreflightDeps,
  plan: Plan,
  drill: Drill | null,
  live: Parameters<typeof findings>[1],
  executionArn: string,
): Promise<string[]> {
  const { deployment, clock } = deps;
  const [found, around] = await Promise.all([findings(deps, live, plan), deps.surroundings.read()]);
  const reasons = [
    ...refusals(deployment, plan, found, clock.now(), executionArn),
    ...ownerRefusalsOf(around).map(refusalText),
    ...new Set(
      around.listeners
        .flatMap(({ ownRules, rules }) => standingRefusals(ownRules, rules, deployment.targetGroups.stable.arn))
        .map(refusalText),
    ),
  ];
  if (drill !== null || plan.shadow.drillWithin === undefined) return reasons;
  const refusal = drillRefusal(plan.shadow.drillWithin, await deps.drills.last(), clock.now());
  return refusal === null ? reasons : [...reasons, refusal];
}

function firstState(item: Lease, plan: Plan, drill: Drill | null, at: string): CutoverState {
  return {
    v: 1,
    cutoverId: item.cutoverId,
    ingressId: item.ingressId,
    generation: item.generation,
    executionArn: item.executionArn,
    plan,
    phase: 'preflight',
    stage: -1,
    since: at,
    split: SAFE_SPLIT,
    baseline: null,
    capacity: null,
    decommissionSteps: 0,
    next: drill === null ? 'proceed' : 'drill',
    reason: 'Preflight passed.',
    waitSeconds: 0,
    approval: null,
    drill,
    startedBy: item.startedBy,
    steeringRev: 0,
    revisions: null,
    revisionRestarts: 0,
    revisedAt: null,
  };
}

/** @throws InvalidPlanError for an alarm that does not roll this ingress back */
function drillOf(deployment: Deployment, asked: z.infer<typeof drillRequestSchema> | undefined): Drill | null {
  if (asked === undefined) return null;
  const alarm = asked.alarm ?? deployment.rollbackAlarms[0] ?? '';
  if (!deployment.rollbackAlarms.includes(alarm))
    throw new InvalidPlanError(
      [{ path: 'drill.alarm', message: `must be one of ${deployment.rollbackAlarms.join(', ')} (got "${alarm}")` }],
      undefined,
      'execution input',
    );
  return { percent: asked.percent, alarm, trippedAt: null };
}

async function findings(deps: PreflightDeps, live: Awaited<ReturnType<Deps['ingress']['read']>>, plan: Plan) {
  const { deployment } = deps;
  const mirrored = deployment.targetGroups.mirrorForward !== undefined;
  const [stable, candidate, mirror, alarms, owner, capacity] = await Promise.all([
    deps.ingress.health('stable'),
    deps.ingress.health('candidate'),
    mirrored ? deps.ingress.health('mirrorForward') : null,
    deps.alarms.read([...rollbackAlarmsOf(deployment, plan), ...deployment.shadowAlarms]),
    deps.ledger.read(deployment.ingressId),
    deployment.services === undefined ? null : deps.capacity.snapshot(),
  ]);
  return { live, health: { stable, candidate, mirror }, capacity, alarms, owner };
}

export const compose = composed((deployment) => ({
  ...recording(deployment),
  ingress: listenerReading(deployment),
  surroundings: surroundings(deployment),
  alarms: alarmReadings(),
  drills: drills(deployment),
  capacity: stableCapacityReading(deployment),
}));
export const handler = (event: unknown) => makeHandler(compose())(event);
