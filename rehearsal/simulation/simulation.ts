/** One scenario from its start until nothing more happens: everything in one process, on one simulated clock. */
import { type ApprovalRequest, fromIso, type LogEntry, REMINDED_AFTER_MS } from '../../core/model/index.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { Deeds } from './deeds.ts';
import type { Program } from './definition.ts';
import type { Invocation, InvocationHost } from './functions.ts';
import { type Handlers, REAL_HANDLERS } from './handlers.ts';
import type { SimulatedIngress } from './ingress.ts';
import { SimulatedMachine } from './interpreter.ts';
import { Invocations } from './invocations.ts';
import { Journal } from './journal.ts';
import { Observer, type ToSafe, type Violation } from './observer.ts';
import type { Outside } from './ports.ts';
import {
  drawnFor,
  type Fate,
  isBenign,
  SITES,
  type SimulatedEvent,
  type SimulatedHandler,
  type SimulatedScenario,
  type SiteName,
  type Step,
} from './scenario/index.ts';
import { MINUTE_MS, Site, Timeline } from './site/index.ts';
import { isOwned } from './wrongs.ts';

const USUAL_START = Date.UTC(2026, 10, 24, 8);
/**
 * A sign-off that nobody answers expires after 30 minutes; this allows for two of them, a whole run, and the watch over
 * capacity.
 */
const LONGEST_MS = 5 * 60 * MINUTE_MS;
/** After the last event: as long as capacity is watched and a sleeping function sleeps. */
const REST_MS = 21 * MINUTE_MS;
/** Contained in texts that people write; nobody may read it again. */
const SECRET = 'hunter2-s3cr3t';

export interface SimulationOptions {
  /** Handlers in place of the real ones, with which the harness itself is tested. */
  readonly handlers?: Handlers;
  /** Ports in place of the real ones. */
  readonly wrap?: (deps: Deps, handler: SimulatedHandler) => Deps;
  /** @default those of a drawn scenario */
  readonly sites?: readonly SiteName[];
  /** Somebody who acts on the ingresses in addition to the scenario; the result says whether they are still active. */
  readonly beside?: (inside: Inside) => () => boolean;
}

/** What such a person has access to. */
export interface Inside {
  readonly timeline: Timeline;
  readonly ingresses: ReadonlyMap<SiteName, SimulatedIngress>;
  readonly invocations: Invocations;
  readonly journal: Journal;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  /** How each execution ended. */
  readonly ends: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** How often a call of a handler succeeded, such as `watchdog ledger.fence`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  /** From triggers to safe weights. */
  readonly toSafe: readonly ToSafe[];
  /** For each rollback without faults: its longest chain of calls up to and including the first write. */
  readonly callsToWrite: readonly number[];
  /** For people: the events, with the second at which each happened. */
  readonly trace: readonly string[];
}

export async function simulate(
  program: Program,
  scenario: SimulatedScenario,
  options: SimulationOptions = {},
): Promise<Outcome> {
  const simulation = new Simulation(program, scenario, options);
  // People read what a handler writes to its log, too.
  const { error } = console;
  console.error = (line: unknown) => simulation.logLine(String(line));
  try {
    return await simulation.run();
  } finally {
    console.error = error;
  }
}

class Simulation implements InvocationHost {
  readonly seed: number;
  readonly timeline: Timeline;
  readonly startedAt: number;
  readonly #program: Program;
  readonly #scenario: SimulatedScenario;
  readonly #journal: Journal;
  readonly #observer: Observer;
  readonly #invocations: Invocations;
  readonly #deeds: Deeds;
  readonly #ingresses = new Map<SiteName, SimulatedIngress>();
  readonly #fates = new Map<string, Fate>();
  readonly #secrets: string[] = [SECRET];
  /** Clock differences of the scenario by which a handler has read the time. */
  readonly #skewed = new Set<SimulatedEvent>();
  readonly #sites: readonly SiteName[];
  readonly #beside: SimulationOptions['beside'];
  #isBusyBeside: () => boolean = () => false;
  #lastChange: number;
  #over = false;
  #failure: unknown = null;

  constructor(program: Program, scenario: SimulatedScenario, { handlers, wrap, sites, beside }: SimulationOptions) {
    this.seed = scenario.seed;
    const date = scenario.items.findLast((item) => item.type === 'date');
    this.startedAt = date?.type === 'date' ? fromIso(date.utc) : USUAL_START;
    this.#lastChange = this.startedAt;
    this.timeline = new Timeline(this.startedAt);
    this.#journal = new Journal(() => this.timeline.now());
    this.#observer = new Observer(() => this.timeline.now());
    this.#sites = sites ?? SITES;
    this.#beside = beside;
    this.#program = program;
    this.#scenario = scenario;
    this.#invocations = new Invocations({
      host: this,
      scenario,
      handlers: handlers ?? REAL_HANDLERS,
      wrap: wrap ?? ((deps) => deps),
      observer: this.#observer,
      journal: this.#journal,
      secrets: this.#secrets,
    });
    this.#deeds = new Deeds({
      scenario,
      timeline: this.timeline,
      invocations: this.#invocations,
      journal: this.#journal,
      observer: this.#observer,
      ingresses: this.#ingresses,
      secret: SECRET,
    });
    for (const name of this.#sites) this.#ingresses.set(name, this.#ingress(name));
    for (const item of scenario.items)
      if (item.type === 'call') this.#fates.set(`${item.site} ${item.handler} ${item.step} ${item.nth}`, item.fate);
  }

  async run(): Promise<Outcome> {
    for (const item of this.#scenario.items)
      this.#deeds.plan(item, (error) => {
        this.#failure = error;
      });
    const { timeline } = this;
    const inside = { timeline, ingresses: this.#ingresses, invocations: this.#invocations, journal: this.#journal };
    if (this.#beside !== undefined) this.#isBusyBeside = this.#beside(inside);
    for (const ingress of this.#ingresses.values()) this.#invocations.everyMinute(ingress, () => this.#rest());
    await this.timeline.runUntil(this.startedAt + LONGEST_MS, () => this.#over || this.#failure !== null);
    if (this.#failure !== null) throw this.#failure;
    const ends: Record<string, number> = {};
    for (const { site, machine } of this.#ingresses.values()) {
      // Whoever acts in addition to the scenario may roll back a healthy run.
      const benign = this.#beside === undefined && isBenign(this.#scenario, site.name);
      this.#observer.over(site, [...machine.executions.values()], benign);
      for (const { status, error } of machine.executions.values()) {
        const end = error === null ? status : `${status} ${error}`;
        ends[end] = (ends[end] ?? 0) + 1;
      }
    }
    return {
      violations: this.#observer.violations,
      ends,
      faults: this.#journal.faults,
      calls: this.#journal.calls,
      virtualMs: this.timeline.now() - this.startedAt,
      toSafe: this.#observer.toSafe,
      callsToWrite: this.#invocations.callsToWrite,
      trace: this.#journal.trace,
    };
  }

  logLine(line: string): void {
    this.#journal.note(line);
    this.#observer.published(line, this.#secrets);
  }

  fateOf(site: SiteName, handler: SimulatedHandler, step: Step, nth: number): Fate | null {
    const fate = this.#fates.get(`${site} ${handler} ${step} ${nth}`);
    if (fate !== undefined) return fate;
    const outage = this.#ingresses
      .get(site)
      ?.outages.find((o) => `${step}.`.startsWith(`${o.of}.`) && (o.handler ?? handler) === handler);
    if (outage !== undefined) return outage.fate;
    const crowd = step.startsWith('ingress.') ? (this.#ingresses.get(site)?.crowd ?? 0) : 0;
    return crowd > 0 && drawnFor(this.seed, `crowd ${site} ${handler} ${step} ${nth}`) < crowd ? 'throttle' : null;
  }

  onDone(invocation: Invocation): void {
    const ingress = this.#ingresses.get(invocation.site);
    if (ingress !== undefined) this.#observer.done(ingress.site, invocation);
  }

  onFault(fate: Fate): void {
    this.#journal.count(fate);
  }

  onCall(handler: SimulatedHandler, step: Step): void {
    this.#journal.called(handler, step);
  }

  #ingress(name: SiteName): SimulatedIngress {
    const invocations = this.#invocations;
    const changed = () => {
      this.#lastChange = this.timeline.now();
      this.#observer.changed(site);
    };
    const site: Site = new Site(name, this.timeline, (what) => drawnFor(this.seed, what), changed);
    for (const item of this.#scenario.items)
      if (item.type === 'hang-ups' && item.site === name) site.hungUp = item.rate;
    const machine = new SimulatedMachine(this.#program.definition, `arn:execution:${name}`, {
      now: () => this.timeline.now(),
      sleep: (ms) => this.timeline.sleep(ms),
      invoke: (arn, event, execution) =>
        invocations.now(ingress, this.#handlerOf(arn), event, invocations.causeOf(execution.arn)),
      onState: (execution, state) => {
        this.#lastChange = this.timeline.now();
        this.#observer.seen(execution);
        this.#journal.note(`${name}: ${execution.name} enters ${state}`);
      },
      onEnd: (execution) => {
        const { status, error, cause } = execution;
        this.#journal.note(`${name}: ${execution.name} ends ${status} ${error ?? ''} ${cause ?? ''}`);
        this.#observer.executionEnded(site, execution);
        invocations.executionEnded(ingress, execution);
      },
    });
    const outside = this.#outside(name, machine, () => ingress);
    const hands = { outages: [], throttled: [], crowd: 0, unwatchedUntil: 0, doubledUntil: 0 };
    const counted = { events: 0, signoffs: 0, runs: 0 };
    const ingress: SimulatedIngress = { site, machine, ...hands, ...counted, outside };
    return ingress;
  }

  #outside(name: SiteName, machine: SimulatedMachine, ingress: () => SimulatedIngress): Outside {
    const approvals = new Map<string, ApprovalRequest>();
    const logs = new Map<string, LogEntry[]>();
    const reminded = new Map<string, number>();
    return {
      machine,
      lastDrill: null,
      reminded: (about, now) => {
        const isDue = now - (reminded.get(about) ?? 0) > REMINDED_AFTER_MS;
        if (isDue) reminded.set(about, now);
        return isDue;
      },
      skewOf: ({ site, handler }) => {
        const skew = this.#scenario.items.findLast(
          (item) => item.type === 'skew' && item.site === site && item.handler === handler,
        );
        if (skew?.type !== 'skew') return 0;
        if (!this.#skewed.has(skew)) this.#journal.count('skew');
        this.#skewed.add(skew);
        return skew.seconds;
      },
      published: (text) => {
        this.#observer.published(text, this.#secrets);
        if (text.includes('NoticeFailed')) this.#observer.told(text);
      },
      notified: ({ kind, subject, body }) => {
        this.#observer.published(`${subject}\n${body}`, this.#secrets);
        // Decisions are reported only to machines.
        if (kind === 'decision') return;
        this.#journal.note(`${name}: told: ${subject}`);
        this.#observer.notified(ingress().site, subject, body);
      },
      logged: (id, entry) => {
        const log = logs.get(id) ?? [];
        log.push(entry);
        logs.set(id, log);
        if (entry.kind === 'approval') this.#deeds.signedOff(ingress(), id, entry);
        this.#journal.note(`${name}: log: ${entry.kind}: ${entry.message}`);
        this.#observer.published(JSON.stringify(entry), this.#secrets);
      },
      logOf: (id) => logs.get(id) ?? [],
      asked: (request) => {
        approvals.set(request.cutoverId, request);
        this.#secrets.push(request.token);
        this.#deeds.answerLater(ingress(), request);
      },
      pending: (cutoverId) => approvals.get(cutoverId) ?? null,
      agreed: (cutoverId, person) => {
        const request = approvals.get(cutoverId);
        if (request === undefined) return null;
        const others = request.agreed.filter(({ by }) => by !== person.by);
        const next = { ...request, agreed: [...others, person] };
        approvals.set(cutoverId, next);
        return next;
      },
      takesTasks: (invocation) => this.#observer.tookTasks(ingress().site, invocation),
      wrote: (invocation) => this.#observer.wrote(ingress().site, invocation),
      tripped: (alarm) => this.#invocations.alarms(ingress()).trip(alarm),
      fenced: (invocation, owner, asked) => {
        this.#journal.note(`${name}: ${invocation.handler} fences ${owner}: ${asked.reason}`);
        this.#observer.fenced(ingress().site, invocation, owner, asked);
      },
    };
  }

  #handlerOf(arn: string): SimulatedHandler {
    const handler = this.#program.handlers[arn];
    if (handler === undefined) throw new RangeError(`no function ${arn}`);
    return handler;
  }

  /** The simulation is over once all items are past, every execution has ended, and nothing has changed for long. */
  #rest(): void {
    const now = this.timeline.now();
    const last = Math.max(
      0,
      ...this.#scenario.items.map((i) => ('at' in i ? i.at + ('for' in i ? (i.for ?? 0) : 0) : 0)),
    );
    const busy = [...this.#ingresses.values()].some(
      ({ site, machine }) =>
        isOwned(site) || [...machine.executions.values()].some(({ status }) => status === 'RUNNING'),
    );
    this.#over =
      !busy &&
      !this.#isBusyBeside() &&
      now > this.startedAt + last * 1000 + REST_MS &&
      now > this.#lastChange + REST_MS;
  }
}
