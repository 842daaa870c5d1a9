/**
 * The events of a run: recorded as evidence, passed to observers, and answered by the scenario's fault and sign-offs.
 */
import * as z from 'zod';
import type { RunEvidence } from '../../console/view/index.ts';
import { type CutoverId, type LogEntry, type Plan, ruleOfCustomers, shareOf } from '../../core/model/index.ts';
import type { CloudEvent, LocalCloud } from '../cloud/index.ts';
import type { LoadTick, MixEntry } from '../load/index.ts';
import { liveWeights } from '../machine/index.ts';
import { approve } from './approver.ts';
import type { Chaos } from './aws-faults.ts';
import { cohortIn, type RehearsedCohort, shareOfCohort, withCohort } from './cohort.ts';
import { type FaultSpec, isSurvivable } from './fault.ts';
import type { Fleet } from './fleet.ts';
import { type Ending, Recorder } from './recorder.ts';
import { begunRehearsal, type RehearsalNews, type RehearsalState, rehearsalAfter } from './rehearsal-state.ts';

export interface Scenario {
  readonly title: string;
  readonly plan: Plan;
  readonly fault: FaultSpec | null;
}

export interface RehearsalProgress {
  event(at: number, event: CloudEvent): void;
  tick(at: number, tick: LoadTick): void;
  note(at: number, text: string): void;
  /** Everything that is known so far; sent after each of the others. */
  state(state: RehearsalState): void;
}

export interface CourseOptions {
  readonly progress: RehearsalProgress;
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Answers a sign-off once the machine waits for it. @default approves it */
  readonly answer?: typeof approve;
  readonly cloud: LocalCloud;
  readonly cutoverId: CutoverId;
  readonly chaos: Chaos;
  readonly fleet: Fleet;
  /** Reads the run's decision log. */
  readonly log: () => Promise<readonly LogEntry[]>;
}

/** What is known only at the end. */
type Rest = Omit<Ending, 'title' | 'startedAt' | 'speed' | 'fault' | 'survivable'>;

export class RunCourse {
  readonly #scenario: Scenario;
  readonly #options: CourseOptions;
  readonly #recorder: Recorder;
  readonly #cohort: RehearsedCohort | null;
  readonly #startedAt: number;
  readonly #began = performance.now();
  readonly #ended = Promise.withResolvers<void>();
  #known: RehearsalState;
  #faultAt: number | null = null;

  constructor(scenario: Scenario, options: CourseOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const { cloud, speed } = options;
    const { clock } = cloud;
    this.#recorder = new Recorder();
    this.#cohort = cohortIn(cloud);
    this.#startedAt = clock.now();
    this.#known = begunRehearsal({
      title: scenario.title,
      plan: scenario.plan,
      speed,
      startedAt: this.#startedAt,
      fault: scenario.fault?.text ?? null,
    });
    this.#lookAtWeights(this.#startedAt);
  }

  /** Resolves when the execution has ended. @throws if injecting the fault, or answering a sign-off, failed */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  see(event: CloudEvent): void {
    const { cloud, cutoverId, progress, chaos, fleet } = this.#options;
    // A person may try `start` or `drill` beside the rehearsal, which preflight refuses.
    if ((event.type === 'state' || event.type === 'end') && event.execution.name !== cutoverId) return;
    const at = cloud.clock.now();
    progress.event(at, event);
    this.#learn({ type: 'event', at, event });
    chaos.see(event);
    this.#recorder.event(event);
    if (event.type === 'weights') this.#lookAtWeights(event.at);
    if (event.type === 'scale') void fleet.scale(event.service);
    if ((event.type === 'state' && event.state.endsWith(' interval')) || event.type === 'end') {
      // Observers may miss a decision for a while; the complete evidence is read at the end.
      void this.readLog().catch(() => {});
    }
    if (event.type === 'state') this.#enter(event.state, event.input);
    if (event.type === 'end') this.#ended.resolve();
  }

  tick(tick: LoadTick): void {
    const { cloud, progress } = this.#options;
    const at = cloud.clock.now();
    this.#recorder.tick(tick);
    progress.tick(at, tick);
    this.#learn({ type: 'tick', at, tick });
  }

  async readLog(): Promise<void> {
    const { cloud, log } = this.#options;
    this.#learn({ type: 'log', at: cloud.clock.now(), entries: await log() });
  }

  /** The customers' requests, some of them as the cohort if the deployment has one. */
  mixOf(mix: readonly MixEntry[]): readonly MixEntry[] {
    return this.#cohort === null ? mix : withCohort(mix, this.#cohort);
  }

  evidence(rest: Rest): RunEvidence {
    const { title, fault } = this.#scenario;
    return this.#recorder.evidence({
      ...rest,
      title,
      startedAt: this.#startedAt,
      speed: Math.round((rest.endedAt - this.#startedAt) / (performance.now() - this.#began)),
      fault: fault === null ? null : { text: fault.text, at: this.#faultAt },
      survivable: fault !== null && isSurvivable(fault),
    });
  }

  /** What the scenario does when the machine enters a state. */
  #enter(state: string, input: unknown): void {
    if (state === 'Await shadow sign-off') this.#answer('shadow');
    if (state === 'Await final sign-off') {
      if (this.#scenario.fault?.at === 'sign-off') this.#injectAt('sign-off');
      else this.#answer('final');
    }
    if (state === 'Shadow interval') this.#injectAt('shadow');
    if (state === 'Soak interval') this.#injectAt('soak');
    if (state === 'Stage interval') this.#injectAt(percentOf(input));
  }

  #answer(kind: 'shadow' | 'final'): void {
    const { answer = approve, cloud, cutoverId } = this.#options;
    void answer(cloud, cutoverId, kind).catch(this.#ended.reject);
  }

  #injectAt(where: FaultSpec['at']): void {
    const { fault } = this.#scenario;
    if (fault === null || fault.at !== where || this.#faultAt !== null) return;
    const { cloud, progress, fleet } = this.#options;
    const at = cloud.clock.now();
    this.#faultAt = at;
    progress.note(at, `Fault injected: ${fault.text}`);
    this.#learn({ type: 'fault', at });
    void fleet.inject(fault.inject).catch(this.#ended.reject);
  }

  #lookAtWeights(at: number): void {
    const { cloud, progress } = this.#options;
    const shares = sharesIn(cloud);
    this.#recorder.weights(at, shares);
    this.#learn({ type: 'shares', at, shares });
    if (this.#cohort === null) return;
    const share = shareOfCohort(cloud, this.#cohort);
    if (this.#recorder.cohort(at, share))
      progress.note(at, `  cohort (${this.#cohort.header.join(': ')}): ${percentText(share)} to candidate`);
  }

  #learn(news: RehearsalNews): void {
    this.#known = rehearsalAfter(this.#known, news);
    this.#options.progress.state(this.#known);
  }
}

/** By role of the target group. */
function sharesIn({ deployment, model }: LocalCloud): Record<string, number> {
  const shown = ruleOfCustomers(deployment);
  const rule = model.rules.get(shown?.arn ?? '');
  if (shown === undefined || rule === undefined) return {};
  const weights = liveWeights(rule);
  return Object.fromEntries(shown.roles.map((role) => [role, shareOf(deployment, weights, [role])]));
}

function percentText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

const stageInput = z.looseObject({
  stage: z.number(),
  plan: z.looseObject({ stages: z.array(z.looseObject({ percent: z.number() })) }),
});

/** Percentage of the stage in a state's input; 0 if there is none. */
function percentOf(input: unknown): number {
  const state = stageInput.safeParse(input);
  return state.success ? (state.data.plan.stages[state.data.stage]?.percent ?? 0) : 0;
}
