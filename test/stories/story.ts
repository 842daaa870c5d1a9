/**
 * Runs stories of the protocol, in the style of etcd-io/raft: text files of commands, each followed by `----` and by
 * everything that the command changed.
 * `STORIES=write npx vitest run test/stories` rewrites the files; the change is reviewed as a diff.
 */
import { fencedShift, rollBack } from '../../core/fence/index.ts';
import { decode } from '../../core/model/decision-log.ts';
import { type Deployment, deploymentSchema } from '../../core/model/deployment.ts';
import { describeError } from '../../core/model/errors.ts';
import { cutoverIdSchema, generationSchema, targetGroupArnSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import type { CutoverState, CutoverStateJson, Phase } from '../../core/model/run-state.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import {
  describeWeights,
  finalWeights,
  type RuleWeights,
  SAFE_SPLIT,
  type TrafficSplit,
  weightsFor,
} from '../../core/model/split.ts';
import { askSteering, type SteeringRequest } from '../../core/phases/steering-request.ts';
import { makeHandler as capacity } from '../../lambdas/capacity.ts';
import { makeHandler as closeMirror } from '../../lambdas/close-mirror.ts';
import { makeHandler as complete } from '../../lambdas/complete.ts';
import { makeHandler as decommission } from '../../lambdas/decommission.ts';
import { makeHandler as drill } from '../../lambdas/drill.ts';
import { makeHandler as preflight } from '../../lambdas/preflight.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as signoff } from '../../lambdas/signoff.ts';
import { makeHandler as verify } from '../../lambdas/verify-rollback.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld, START } from '../support/memory-world.ts';

const MINUTE_MS = 60_000;
const SPLITS: Readonly<Record<string, { readonly phase: Phase; readonly split: TrafficSplit }>> = {
  shadow: { phase: 'shadow', split: { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } } },
  soak: { phase: 'soak', split: { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } } },
  cohort: { phase: 'stage', split: { candidatePercent: 0, mirror: null, cohort: true } },
  complete: { phase: 'complete', split: { candidatePercent: 100, mirror: null } },
};

/** What a person does to a rule in the console. */
const THEIRS = targetGroupArnSchema.parse('tg/theirs');
const HANDIWORK: Readonly<Record<string, (rule: RuleWeights) => Partial<RuleWeights>>> = {
  replaced: () => ({ groups: [], absent: 'replaced' }),
  foreign: () => ({ groups: [{ targetGroupArn: THEIRS, weight: 1 }] }),
  third: ({ groups }) => ({ groups: [...groups, { targetGroupArn: THEIRS, weight: 50 }] }),
  zero: ({ groups }) => ({ groups: groups.map((group) => ({ ...group, weight: 0 })) }),
  sticky: () => ({ sticky: true }),
};

type Command = (story: Story, args: readonly string[]) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  /** `start NAME [drill]`: preflight of a new execution. */
  start: (story, [name = '', kind]) =>
    story.answer(async () => {
      story.world.running.add(story.arnOf(name));
      const input = kind === 'drill' ? { drill: { percent: 1 } } : kind === 'bad-plan' ? { plan: { nonsense: 1 } } : {};
      const startedAt = new Date(story.world.now).toISOString();
      const json = await preflight(story.world)({
        input,
        executionArn: story.arnOf(name),
        executionName: name,
        startedAt,
      });
      story.states.set(name, parseState(json));
      story.world.carried = null;
      return 'the run has begun';
    }),
  /** `shift NAME PERCENT|shadow|cohort|soak|complete`: a fenced shift. */
  shift: (story, [name = '', to = '']) => story.answer(() => story.shift(name, to)),
  /** `begin COMMAND …`: runs the command in the background. It waits at the held write, and ends after `release`. */
  begin: async (story, [name = '', ...args]) => {
    const command = COMMANDS[name];
    if (command === undefined) throw new RangeError(`a story has no command ${name}`);
    story.begun = command(story, args);
    await story.held();
    return 'in flight';
  },
  release: async (story) => {
    story.release();
    return (await story.begun) ?? 'nothing was in flight';
  },
  pin: (story, [name = '']) => story.answer(() => story.task(name, capacity(story.world), 'baseline')),
  decommission: (story, [name = '']) => story.answer(() => story.task(name, decommission(story.world), 'decommission')),
  complete: (story, [name = '']) => story.answer(() => story.task(name, complete(story.world), 'complete')),
  signoff: (story, [name = '', phase = 'soak']) =>
    story.answer(async () => {
      const state = story.stateIn(name, phase as Phase);
      await signoff(story.world)({ state, token: 'token' });
      return 'asked';
    }),
  /**
   * `pause NAME`, `resume NAME`, `promote NAME [override]`, `retry NAME`: a person's request. With `bob` at the end, a
   * second person makes it.
   */
  pause: (story, [name = '', who]) => story.steer(name, { kind: 'pause', seconds: 3_600 }, who),
  resume: (story, [name = '', who]) => story.steer(name, { kind: 'resume' }, who),
  promote: (story, [name = '', how, who]) => story.steer(name, { kind: 'promote', override: how === 'override' }, who),
  retry: (story, [name = '', who]) => story.steer(name, { kind: 'retry' }, who),
  /** `look NAME PHASE`: one evaluation in the phase. */
  look: (story, [name = '', phase = 'stage']) =>
    story.answer(() => story.task(name, watch(story.world), phase as Phase)),
  trip: (story, [name = '']) => story.answer(() => story.task(name, drill(story.world), 'drill')),
  /** `alarm [SECONDS]`: the event of an alarm whose state changed this many seconds ago. */
  alarm: (story, [ago = '0']) =>
    story.answer(() => story.handled(rollback(story.world)(story.alarm('gateway-red', ago)))),
  'mirror-alarm': (story, [ago = '0']) =>
    story.answer(() => story.handled(closeMirror(story.world)(story.alarm('gateway-mirror', ago)))),
  /** `ended NAME STATUS`: the event that an execution has ended. */
  ended: (story, [name = '', status = 'FAILED']) =>
    story.answer(() => {
      if (status !== 'FAILED') story.world.running.delete(story.arnOf(name));
      const detail = { executionArn: story.arnOf(name), status };
      return story.handled(rollback(story.world)({ 'detail-type': 'Step Functions Execution Status Change', detail }));
    }),
  /** `execution-gone NAME`: the execution has ended, but no event reports it. */
  'execution-gone': async (story, [name = '']) => {
    story.world.running.delete(story.arnOf(name));
    return 'nobody is told';
  },
  /** `succeeded NAME`: the execution has reached the end of the machine. */
  succeeded: async (story, [name = '']) => {
    story.world.running.delete(story.arnOf(name));
    story.world.succeeded.add(story.arnOf(name));
    story.world.carried = null;
    return 'the execution has succeeded';
  },
  /** `task-failed NAME`: a task fails, and the machine runs its own rollback task. */
  'task-failed': (story, [name = '']) =>
    story.answer(async () => {
      const error = { Error: 'Crossfade.Fenced', Cause: 'a task failed' };
      const json = await rollback(story.world)({ ...story.stateIn(name, 'stage'), error });
      const verified = await verify(story.world)(json as CutoverStateJson);
      return `the execution ${verified.next === 'proceed' ? 'ends "Rolled back"' : 'goes on waiting'}`;
    }),
  operator: (story) =>
    story.answer(() => story.handled(rollback(story.world)({ trigger: 'operator', reason: 'asked', by: 'somebody' }))),
  /** An operator's decision to send everything to the stable side, whatever its health. */
  'break-glass': (story) =>
    story.answer(async () => {
      const at = new Date(story.world.now).toISOString();
      const request = { trigger: 'operator', reason: 'by hand', by: 'somebody', at, breakGlass: true } as const;
      return (await rollBack(story.world, story.world.deployment, request)).outcome;
    }),
  /** `minutes N`: runs the watchdog for N minutes, and reports only the minutes in which it acted. */
  minutes: async (story, [n = '1']) => {
    const acted: string[] = [];
    for (let i = 1; i <= Number(n); i++) {
      story.world.now += MINUTE_MS;
      const report = await story.answer(async () => (await watchdog(story.world)()).action);
      if (report !== 'none') acted.push(`minute ${i}: ${report}`);
    }
    return acted.length === 0 ? 'the watchdog finds nothing to do' : acted.join('\n');
  },
  /** `again`: the watchdog runs once more within the minute, as where the machine verifies its rollback. */
  again: (story) => story.answer(async () => (await watchdog(story.world)()).action),
  seconds: async (story, [n = '1']) => {
    story.world.now += Number(n) * 1000;
    return 'time passes';
  },
  /** `health ROLE N [REGISTERED]`: from now on N targets of the role are healthy. */
  health: async (story, [role = '', healthy = '0', registered = '2']) => {
    const counts = { healthy: Number(healthy), unhealthy: Number(registered) - Number(healthy) };
    story.world.healthy = { ...story.world.healthy, [role]: { ...counts, registered: Number(registered) } };
    return `${role}: ${healthy} of ${registered} healthy`;
  },
  /** `tasks N`: the stable service wants and runs N tasks, all of them healthy. */
  tasks: async (story, [n = '2']) => {
    story.world.stableTasks = { ...story.world.stableTasks, desired: Number(n), running: Number(n) };
    return COMMANDS.health?.(story, ['stable', n, n]) ?? '';
  },
  customers: async (story, [stable = '0', candidate = '0']) => {
    const side = (requests: string) => ({ requests: Number(requests), target5xx: 0, connectionErrors: 0, slow: 0 });
    const minute = Math.floor(story.world.now / MINUTE_MS) * MINUTE_MS;
    story.world.minuteEvidence = [{ minute, stable: side(stable), candidate: side(candidate), elb5xx: 0 }];
    return `${stable} requests to stable, ${candidate} to candidate in the last minute`;
  },
  /**
   * `fails STEP [times]`, `loses STEP`: the next such write fails before it takes effect, or takes effect but its
   * answer is lost.
   */
  fails: async (story, [step = '', times = '1']) => story.fault(step, 'before', Number(times)),
  loses: async (story, [step = '']) => story.fault(step, 'after', 1),
  /** `hold STEP [N]`: the N-th such write waits before it takes effect until `release`. */
  hold: async (story, [step = '', nth = '1']) => {
    story.holdAt = { step, left: Number(nth) };
    return `the next ${step} waits`;
  },
  /** `console PERCENT`: a person changes the weights by hand. */
  console: async (story, [percent = '0']) => {
    const { deployment } = story.world;
    story.world.live =
      percent === 'final'
        ? finalWeights(deployment)
        : weightsFor(deployment, { candidatePercent: Number(percent), mirror: null });
    return 'the weights are changed by hand';
  },
  /** `rule safe|rest gone|back|replaced|foreign|sticky`: what a person does to one rule by hand. */
  rule: async (story, [name = '', how = '']) => {
    const { world } = story;
    const arn = `rule/${name}`;
    if (how === 'gone') world.gone.add(arn);
    else if (how === 'back') world.gone.delete(arn);
    else world.live = world.live.map((rule) => (rule.ruleArn === arn ? { ...rule, ...HANDIWORK[how]?.(rule) } : rule));
    return `${name}: ${how} by hand`;
  },
  /** From now on readings of the listener show the weights of the moment of `lease kept`; `fresh` ends this. */
  stale: async (story) => {
    story.world.stale = story.backup?.live ?? null;
    return 'readings of the listener lag from now on';
  },
  fresh: async (story) => {
    story.world.stale = null;
    return 'readings of the listener are true again';
  },
  /** `alarms muted RULE`, `alarms disabled`, `alarms OK|ALARM|INSUFFICIENT_DATA`: how all alarms read from now on. */
  alarms: async (story, [how = 'OK', rule = '']) => {
    const state = how === 'ALARM' || how === 'INSUFFICIENT_DATA' ? how : 'OK';
    const actions = { actionsEnabled: how !== 'disabled', mutedBy: how === 'muted' ? [rule] : [] };
    story.world.alarmReadings = story.world.alarmReadings.map(({ name }) => ({ name, state, ...actions }));
    return `alarms: ${[how, rule].join(' ').trim()}`;
  },
  /** Gives the deployment a rule for testers. */
  testers: async (story) => {
    const deployment = deploymentSchema.parse({ ...DEPLOYMENT, rules: [...DEPLOYMENT.rules, TESTERS] });
    Object.assign(story.world, { deployment, live: weightsFor(deployment, SAFE_SPLIT) });
    return 'testers have a rule of their own';
  },
  /** `at INGRESS COMMAND …`: runs the command at another ingress, whose lease is in the same table. */
  at: async (story, [ingress = '', name = '', ...args]) => {
    const command = COMMANDS[name];
    if (command === undefined) throw new RangeError(`a story has no command ${name}`);
    const other = story.at(ingress);
    const answer = await command(other, args);
    return [answer, ...other.changes()].map((line) => `${ingress}: ${line}`).join('\n');
  },
  /**
   * `lease kept` makes the backup that `lease restored` restores. `lease missing`: the lease is lost. `lease earlier`:
   * it is that of an earlier run.
   */
  lease: async (story, [what = '']) => {
    const { item } = story.world;
    if (what === 'missing') story.world.item = null;
    else if (what === 'kept') story.backup = { item, live: story.world.live };
    else if (what === 'restored') story.world.item = story.backup?.item ?? null;
    else if (what === 'earlier' && item !== null) {
      const weights = weightsFor(story.world.deployment, { candidatePercent: 100, mirror: null });
      const split = { candidatePercent: 100, mirror: null };
      story.world.item = {
        ...item,
        cutoverId: cutoverIdSchema.parse('earlier'),
        executionArn: story.arnOf('earlier'),
        generation: generationSchema.parse(0),
        status: 'completed',
        intent: { ...item.intent, split, weights },
      };
    }
    return `the lease is ${what}`;
  },
};

/** The rule for testers. */
const TESTERS = { arn: 'rule/testers', roles: ['stable', 'candidate'], cohort: true };

class Story {
  readonly world: MemoryWorld;
  readonly states = new Map<string, CutoverState>();
  begun: Promise<string> | null = null;
  backup: { readonly item: Lease | null; readonly live: RuleWeights[] } | null = null;
  holdAt: { readonly step: string; left: number } | null = null;
  readonly #faults: { readonly step: string; readonly when: 'before' | 'after'; left: number }[] = [];
  #open: (() => void) | null = null;
  #arrived: (() => void) | null = null;
  #seen = { log: 0, notices: 0, stopped: 0 };
  #before: readonly string[] = [];
  readonly #beside = new Map<string, Story>();

  /**
   * @param deployment one with another ingress id for a second ingress
   * @param table leases that its ledger shares with other ingresses
   */
  constructor(deployment: Deployment = DEPLOYMENT, table?: Map<string, Lease>) {
    this.world = new MemoryWorld(deployment, table);
    this.world.running.clear();
    this.world.before = (step) => this.#arrive(step);
    this.world.after = (step) => this.#strike(step, 'after');
  }

  fault(step: string, when: 'before' | 'after', left: number): string {
    this.#faults.push({ step, when, left });
    return when === 'before' ? `${step} will fail` : `the answer of ${step} will be lost`;
  }

  #strike(step: string, when: 'before' | 'after'): void {
    const fault = this.#faults.find((f) => f.step === step && f.when === when && f.left > 0);
    if (fault === undefined) return;
    fault.left--;
    throw new Error(`${step} failed`);
  }

  #arrive(step: string): void | Promise<void> {
    this.#strike(step, 'before');
    if (this.holdAt?.step !== step || --this.holdAt.left > 0) return;
    this.holdAt = null;
    const opened = new Promise<void>((open) => {
      this.#open = open;
    });
    this.#arrived?.();
    return opened;
  }

  /** Returns the story of another ingress, whose lease is in the same table. */
  at(ingressId: string): Story {
    const known = this.#beside.get(ingressId);
    if (known !== undefined) return known;
    const other = new Story(deploymentSchema.parse({ ...DEPLOYMENT, ingressId }), this.world.table);
    this.#beside.set(ingressId, other);
    return other;
  }

  /**
   * Returns the ARN of an execution of this ingress's machine, or of another ingress's machine if the name is
   * `INGRESS:NAME`.
   */
  arnOf(name: string): string {
    if (name.includes(':')) return `arn:execution:${name.replace(/^gateway:/, '')}`;
    const { ingressId } = this.world.deployment;
    return `arn:execution:${ingressId === DEPLOYMENT.ingressId ? '' : `${ingressId}:`}${name}`;
  }

  /** Resolves when the command of `begin` waits at its held write. */
  held(): Promise<void> {
    if (this.#open !== null) return Promise.resolve();
    return new Promise((arrived) => {
      this.#arrived = arrived;
    });
  }

  release(): void {
    this.#open?.();
    this.#open = null;
    this.#arrived = null;
  }

  async answer(run: () => Promise<string>): Promise<string> {
    try {
      return await run();
    } catch (error) {
      return describeError(error).split(' Traffic:')[0] ?? '';
    }
  }

  async handled(result: Promise<unknown>): Promise<string> {
    const answer = await result;
    const { outcome } = answer as { outcome?: string };
    return outcome ?? 'done';
  }

  /** Steers as the CLI does: reads the lease, and changes it only if it has not changed since. */
  steer(name: string, request: SteeringRequest, who = 'ada'): Promise<string> {
    const { world } = this;
    return this.answer(async () => {
      const read = await world.ledger.read(world.deployment.ingressId);
      const plan = this.states.get(name)?.plan;
      if (read === null || plan === undefined) return 'refused: no such run';
      const last = world.log.findLast((e) => e.kind === 'observation' && e.phase === read.phase);
      const decoded = last === undefined ? null : decode(last, 0);
      const run = { plan, look: decoded?.type === 'look' ? decoded.look : null, said: last?.message ?? '' };
      const answer = askSteering(read, request, { by: who, reason: '', now: world.now }, run);
      if ('refused' in answer) return `refused: ${answer.refused}`;
      await world.ledger.steer(read, answer.steering);
      return answer.message;
    });
  }

  stateIn(name: string, phase: Phase): CutoverStateJson {
    const state = this.states.get(name);
    if (state === undefined) throw new RangeError(`${name} has not begun`);
    const split = this.world.item?.intent.split ?? state.split;
    const lease = this.world.item?.capacity ?? state.capacity;
    const stage = this.world.item?.stage ?? state.stage;
    const since = new Date(this.world.now).toISOString();
    return stateToJson({ ...state, phase, split, stage: Math.max(0, stage), since, capacity: lease });
  }

  async task(name: string, handler: (event: unknown) => Promise<CutoverStateJson>, phase: Phase): Promise<string> {
    const state = parseState(await handler(this.stateIn(name, phase)));
    this.states.set(name, state);
    const { capacity } = state;
    this.world.carried = capacity && { executionArn: this.arnOf(name), capacity, phase: state.phase };
    return state.reason === '' ? state.next : `${state.next}: ${state.reason}`;
  }

  async shift(name: string, to: string): Promise<string> {
    const state = this.states.get(name);
    if (state === undefined) throw new RangeError(`${name} has not begun`);
    const target = SPLITS[to] ?? { phase: 'stage', split: { candidatePercent: Number(to), mirror: null } };
    const heartbeatDueAt = new Date(this.world.now + 12 * 3_600_000).toISOString();
    const split = await fencedShift(this.world, this.world.deployment, state, target.split, {
      phase: target.phase,
      stage: Math.max(
        0,
        state.plan.stages.findIndex(({ percent }) => percent === target.split.candidatePercent),
      ),
      heartbeatDueAt,
    });
    return `confirmed: candidate ${split.candidatePercent} %${split.mirror === null ? '' : `, mirror ${split.mirror.face} ${split.mirror.percent} %`}`;
  }

  alarm(alarmName: string, ago: string): unknown {
    const time = new Date(this.world.now - Number(ago) * 1000).toISOString();
    const detail = { alarmName, state: { value: 'ALARM', reason: 'red' } };
    return { 'detail-type': 'CloudWatch Alarm State Change', time, detail };
  }

  /** Returns what the last command changed. */
  changes(): string[] {
    const now = this.#after();
    const lasting = (l: string) => /^(lease|listener|stable):/.test(l);
    const changed = now.filter((l) => !lasting(l) || !this.#before.includes(l));
    this.#before = now;
    return changed;
  }

  #after(): string[] {
    const { world } = this;
    const { item } = world;
    const lease =
      item === null
        ? 'lease: none'
        : `lease: ${item.cutoverId} ${item.status}, generation ${item.generation}, phase ${item.phase}, intent ${item.intent.split.candidatePercent} %${item.intent.split.mirror === null ? '' : ' and mirror'}${item.intent.confirmed ? '' : ' (not confirmed)'}${item.rollback === null ? '' : `, by ${item.rollback.trigger}`}${item.steering.rev === 0 ? '' : `, steered ${item.steering.rev} times`}`;
    const { desired, scaling } = world.stableTasks;
    const lines = [
      lease,
      `listener: ${describeWeights(
        world.deployment,
        world.live.filter(({ ruleArn }) => !world.gone.has(ruleArn)),
      )}`,
      `stable: ${desired} tasks wanted${scaling?.suspended === true ? ', scaling held' : ''}`,
      ...world.log.slice(this.#seen.log).map((entry) => `log: ${entry.kind}: ${entry.message}`),
      ...world.notices
        .slice(this.#seen.notices)
        .filter(({ kind }) => kind !== 'decision')
        .map(({ subject }) => `told: ${subject}`),
      ...world.stopped.slice(this.#seen.stopped).map((arn) => `stopped: ${arn}`),
    ];
    this.#seen = { log: world.log.length, notices: world.notices.length, stopped: world.stopped.length };
    return lines;
  }
}

/** Runs the commands of a story and returns its text with what they actually changed. */
export async function retell(text: string): Promise<string> {
  const story = new Story();
  const out: string[] = [];
  let telling = false;
  for (const line of text.split('\n')) {
    if (telling && line !== '') continue;
    telling = false;
    if (line === '' || line.startsWith('#')) {
      if (line !== '' || out.at(-1) !== '') out.push(line);
      continue;
    }
    const [name = '', ...args] = line.split(' ');
    const command = COMMANDS[name];
    if (command === undefined) throw new RangeError(`a story has no command ${name}`);
    const answer = await command(story, args);
    out.push(
      line,
      '----',
      ...[answer, ...story.changes()]
        .join('\n')
        .replaceAll(new RegExp(`${new Date(START).getUTCFullYear()}-\\d\\d-\\d\\dT`, 'g'), '')
        .split('\n'),
    );
    telling = line !== '' && text.includes(`${line}\n----`);
  }
  return `${out.join('\n').trimEnd()}\n`;
}
