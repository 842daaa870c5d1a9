/** One scenario from its start until nothing more happens: everything in one process, on one virtual clock. */
import type { ApprovalRequest } from '../../core/model/index.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { simulatedAlarmsOf } from './alarms.ts';
import type { Program, SimulatedHandler } from './definition.ts';
import { type FailureCause, Invocation, type InvocationHost } from './functions.ts';
import { type Handlers, REAL_HANDLERS } from './handlers.ts';
import { type Execution, SimulatedMachine } from './interpreter.ts';
import { Observer, type Violation } from './observer.ts';
import { PLAN } from './plan.ts';
import { type Outside, portsOf } from './ports.ts';
import { drawnFor } from './random.ts';
import type { Fate, SimulatedEvent, SimulatedScenario, SiteName, Step } from './scenario.ts';
import { SITES } from './scenario.ts';
import { MINUTE_MS, Site } from './site.ts';
import { updateStack } from './stack.ts';
import { Timeline } from './timeline.ts';

const START = Date.UTC(2026, 10, 24, 8);
/** A sign-off that nobody answers expires after 30 minutes; twice that, a whole run, and the watch over capacity. */
const LONGEST_MS = 5 * 60 * MINUTE_MS;
/** After the last thing that happened: as long as capacity is watched, and a sleeping function sleeps. */
const REST_MS = 21 * MINUTE_MS;
/** Lambda's second and third attempt of an asynchronous invocation. */
const ASYNC_RETRIES_MS = [60_000, 120_000];
const APPROVED_AFTER_SECONDS = 60;
/** Stands in what people write; nobody may read it again. */
const SECRET = 'hunter2-s3cr3t';

export interface SimulationOptions {
  /** Other handlers in the place of the real ones: how the harness is held to account. */
  readonly handlers?: Handlers;
  /** Other ports. */
  readonly wrap?: (deps: Deps, handler: SimulatedHandler) => Deps;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  /** How each execution ended. */
  readonly ends: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  /** Milliseconds from triggers to safe weights. */
  readonly toSafe: readonly number[];
  /** Sequential steps of a rollback that met no fault, from its first call to its first write. */
  readonly callsToWrite: readonly number[];
  /** For people: what happened, with the second at which it did. */
  readonly trace: readonly string[];
}

export async function simulate(
  program: Program,
  scenario: SimulatedScenario,
  options: SimulationOptions = {},
): Promise<Outcome> {
  const simulation = new Simulation(program, scenario, options);
  // What a handler writes to its log is read by people too.
  const { error } = console;
  console.error = (line: unknown) => simulation.logLine(String(line));
  try {
    return await simulation.run();
  } finally {
    console.error = error;
  }
}

/** What may not take a healthy run down, however it falls. */
const BENIGN: ReadonlySet<SimulatedEvent['type']> = new Set(['start', 'event', 'skew']);

class Simulation implements InvocationHost {
  readonly seed: number;
  readonly timeline = new Timeline(START);
  readonly #program: Program;
  readonly #scenario: SimulatedScenario;
  readonly #handlers: Handlers;
  readonly #wrap: (deps: Deps, handler: SimulatedHandler) => Deps;
  readonly #observer = new Observer(() => this.timeline.now());
  readonly #sites = new Map<SiteName, Place>();
  readonly #fates = new Map<string, Fate>();
  readonly #calls = new Map<string, number>();
  readonly #faults: Record<string, number> = {};
  readonly #trace: string[] = [];
  readonly #callsToWrite: number[] = [];
  readonly #secrets: string[] = [SECRET];
  #lastChange = START;
  #over = false;
  #failure: unknown = null;

  constructor(program: Program, scenario: SimulatedScenario, { handlers, wrap }: SimulationOptions) {
    this.seed = scenario.seed;
    this.#program = program;
    this.#scenario = scenario;
    this.#handlers = handlers ?? REAL_HANDLERS;
    this.#wrap = wrap ?? ((deps) => deps);
    for (const name of SITES) this.#sites.set(name, this.#place(name));
    for (const item of scenario.items)
      if (item.type === 'call') this.#fates.set(`${item.site} ${item.handler} ${item.step} ${item.nth}`, item.fate);
  }

  async run(): Promise<Outcome> {
    for (const item of this.#scenario.items) this.#plan(item);
    for (const place of this.#sites.values()) this.#everyMinute(place);
    await this.timeline.runUntil(START + LONGEST_MS, () => this.#over || this.#failure !== null);
    if (this.#failure !== null) throw this.#failure;
    const ends: Record<string, number> = {};
    for (const { site, machine } of this.#sites.values()) {
      this.#observer.over(site, machine.executions.values(), this.#isBenign(site.name));
      for (const { status, error } of machine.executions.values()) {
        const end = error === null ? status : `${status} ${error}`;
        ends[end] = (ends[end] ?? 0) + 1;
      }
    }
    return {
      violations: this.#observer.violations,
      ends,
      faults: this.#faults,
      virtualMs: this.timeline.now() - START,
      toSafe: this.#observer.toSafe,
      callsToWrite: this.#callsToWrite,
      trace: this.#trace,
    };
  }

  logLine(line: string): void {
    this.#note(line);
    this.#observer.published(line, this.#secrets);
  }

  fateOf(site: SiteName, handler: SimulatedHandler, step: Step, nth: number): Fate | null {
    const fate = this.#fates.get(`${site} ${handler} ${step} ${nth}`);
    if (fate !== undefined) return fate;
    const outage = this.#sites.get(site)?.outages.find((o) => step.startsWith(`${o.of}.`));
    return outage?.fate ?? null;
  }

  onFault(fate: Fate): void {
    this.#count(fate);
  }

  #place(name: SiteName): Place {
    const changed = () => {
      this.#lastChange = this.timeline.now();
      this.#observer.changed(site);
    };
    const site: Site = new Site(name, this.timeline, changed, changed);
    const machine = new SimulatedMachine(this.#program.definition, `arn:execution:${name}`, {
      now: () => this.timeline.now(),
      sleep: (ms) => this.timeline.sleep(ms),
      invoke: (arn, event, execution) => this.#invoke(place, this.#handlerOf(arn), event, this.#causeOf(execution.arn)),
      onState: (execution, state) => {
        this.#lastChange = this.timeline.now();
        this.#note(`${name}: ${execution.name} enters ${state}`);
      },
      onEnd: (execution) => this.#executionEnded(place, execution),
    });
    const place: Place = {
      site,
      machine,
      outages: [],
      events: 0,
      signoffs: 0,
      runs: 0,
      outside: this.#outside(name, machine),
    };
    return place;
  }

  #outside(name: SiteName, machine: SimulatedMachine): Outside {
    const place = () => this.#at(name);
    return {
      machine,
      lastDrill: null,
      skewOf: ({ site, handler }) =>
        this.#scenario.items.reduce(
          (sum, item) => (item.type === 'skew' && item.site === site && item.handler === handler ? item.seconds : sum),
          0,
        ),
      published: (text) => {
        this.#observer.published(text, this.#secrets);
        if (text.includes('NoticeFailed')) this.#observer.told(text);
      },
      notified: ({ subject, body }) => {
        this.#note(`${name}: told: ${subject}`);
        this.#observer.published(`${subject}\n${body}`, this.#secrets);
        this.#observer.notified(place().site, subject, body);
      },
      logged: (_id, entry) => {
        this.#note(`${name}: log: ${entry.kind}: ${entry.message}`);
        this.#observer.published(JSON.stringify(entry), this.#secrets);
      },
      asked: (request) => this.#answerLater(place(), request),
      tripped: (alarm) => this.#alarms(place()).trip(alarm),
      fenced: (invocation, owner, asked) => {
        this.#note(`${name}: ${invocation.handler} fences ${owner}: ${asked.reason}`);
        this.#observer.fenced(place().site, invocation, owner, asked);
      },
    };
  }

  #at(name: SiteName): Place {
    const place = this.#sites.get(name);
    if (place === undefined) throw new RangeError(`there is no ingress ${name}`);
    return place;
  }

  #handlerOf(arn: string): SimulatedHandler {
    const handler = this.#program.handlers[arn];
    if (handler === undefined) throw new RangeError(`no function ${arn}`);
    return handler;
  }

  #causeOf(execution: string | null): FailureCause {
    return { execution, at: this.timeline.now() };
  }

  /** @throws TaskFailure */
  async #invoke(place: Place, handler: SimulatedHandler, event: unknown, cause: FailureCause): Promise<unknown> {
    const { site } = place;
    const invocation = new Invocation(this, site.name, handler, cause, this.#calls);
    const deps = this.#wrap(
      portsOf(invocation, site, place.outside, () => this.timeline.now()),
      handler,
    );
    try {
      const result = await invocation.run(() => this.#handlers[handler](deps)(event));
      this.#ended(site, invocation, true);
      return result;
    } catch (error) {
      if (error instanceof Error) {
        this.#note(`${site.name}: ${handler} failed: ${error.name} ${error.message}`);
        this.#observer.published(error.message, this.#secrets);
      }
      this.#ended(site, invocation, false);
      throw error;
    }
  }

  #ended(site: Site, invocation: Invocation, well: boolean): void {
    if (invocation.disturbed) this.#observer.disturbed(site);
    const write = invocation.calls.indexOf('ingress.write');
    if (invocation.handler === 'rollback' && !invocation.disturbed && write >= 0)
      this.#callsToWrite.push(invocation.calls.slice(0, write).includes('ledger.fence') ? 2 : 1);
    this.#observer.ended(site, invocation, well);
  }

  /** As an event does: twice more when it fails, and then the dead-letter queue's alarm tells. */
  #invokeLater(place: Place, handler: SimulatedHandler, event: unknown, cause: FailureCause, attempt = 0): void {
    this.#invoke(place, handler, event, cause).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      const wait = ASYNC_RETRIES_MS[attempt];
      if (wait !== undefined) {
        this.timeline.after(wait, () => this.#invokeLater(place, handler, event, cause, attempt + 1));
      } else {
        this.#note(`${place.site.name}: ${handler} goes to the dead letters`);
        this.#observer.told(`Crossfade ${place.site.name}: dead letter`);
      }
    });
  }

  #deliver(place: Place, handler: SimulatedHandler, event: unknown, cause: FailureCause): void {
    const { name } = place.site;
    const nth = place.events++;
    const fated = this.#scenario.items.find((i) => i.type === 'event' && i.site === name && i.nth === nth);
    const deliver = (ms: number) =>
      this.timeline.after(ms, () => {
        this.#note(`${name}: event for ${handler}`);
        this.#invokeLater(place, handler, event, cause);
      });
    const usual = 500 + drawnFor(this.seed, `event ${name} ${nth}`) * 4_000;
    if (fated?.type !== 'event') {
      deliver(usual);
      return;
    }
    this.#count(`event ${fated.fate}`);
    if (fated.fate === 'late') deliver(fated.late * 1000);
    if (fated.fate === 'twice') {
      deliver(usual);
      deliver(usual + fated.late * 1000);
    }
  }

  #executionEnded(place: Place, execution: Execution): void {
    const { arn, name, status, error, cause } = execution;
    this.#note(`${place.site.name}: ${name} ends ${status} ${error ?? ''} ${cause ?? ''}`);
    this.#observer.executionEnded(place.site, execution);
    if (status === 'SUCCEEDED') return;
    const detail = { executionArn: arn, status, error, cause };
    const event = { 'detail-type': 'Step Functions Execution Status Change', time: this.#iso(), detail };
    this.#deliver(place, 'rollback', event, this.#causeOf(arn));
  }

  #alarms(place: Place) {
    return simulatedAlarmsOf(place.site, (name, reason) => {
      const mirror = place.site.deployment.shadowAlarms.includes(name);
      const handler = mirror ? 'close-mirror' : 'rollback';
      this.#note(`${place.site.name}: alarm ${name}: ${reason}`);
      const { item } = place.site.lease;
      const cause = this.#causeOf(item?.status === 'running' ? item.executionArn : 'nobody');
      const timestamp = this.#iso();
      const alarmData = { alarmName: name, state: { value: 'ALARM', reason, timestamp } };
      this.#deliver(place, handler, { source: 'aws.cloudwatch', alarmData }, cause);
      const detail = { alarmName: name, state: { value: 'ALARM', reason } };
      const event = { 'detail-type': 'CloudWatch Alarm State Change', time: timestamp, detail };
      this.#deliver(place, handler, event, cause);
    });
  }

  #everyMinute(place: Place): void {
    const { name } = place.site;
    const minute = () => {
      this.#alarms(place).evaluate();
      const offset = 1_000 + drawnFor(this.seed, `tick ${name} ${this.timeline.now()}`) * 3_000;
      this.timeline.after(offset, () => this.#invokeLater(place, 'watchdog', {}, this.#causeOf(null)));
      this.#rest();
      this.timeline.after(MINUTE_MS, minute);
    };
    this.timeline.after(name === 'a' ? 0 : 7_000, minute);
  }

  /** It is over once all items are past, every execution has ended, and nothing has changed for long. */
  #rest(): void {
    const now = this.timeline.now();
    const last = Math.max(...this.#scenario.items.map((i) => ('at' in i ? i.at + ('for' in i ? i.for : 0) : 0)));
    const busy = [...this.#sites.values()].some(({ site, machine }) => {
      const { item } = site.lease;
      const owned = item?.status === 'running' || item?.status === 'rolling_back';
      return owned || [...machine.executions.values()].some((e) => e.status === 'RUNNING');
    });
    this.#over = !busy && now > START + last * 1000 + REST_MS && now > this.#lastChange + REST_MS;
  }

  #plan(item: SimulatedEvent): void {
    if (!('at' in item)) return;
    this.timeline.after(item.at * 1000, () => {
      this.#count(item.type);
      this.#note(JSON.stringify(item));
      void this.#act(item).catch((error: unknown) => {
        this.#failure = error;
      });
    });
  }

  async #act(item: SimulatedEvent): Promise<void> {
    switch (item.type) {
      case 'start': {
        const place = this.#at(item.site);
        place.runs++;
        place.machine.start(`run-${place.runs}`, item.drill ? { plan: PLAN, drill: { percent: 1 } } : { plan: PLAN });
        return;
      }
      case 'operator':
        return this.#operate(this.#at(item.site), item.does);
      case 'console': {
        const { site } = this.#at(item.site);
        for (const rule of site.byHand(item.percent)) site.writeRule(rule);
        return;
      }
      case 'deploy': {
        const place = this.#at(item.site);
        const paths = item.change === 'path' ? [...place.site.paths, `/new-${item.at}/*`] : place.site.paths;
        this.#alarms(place).begin();
        return updateStack(place.site, paths, this.timeline).catch((error: unknown) =>
          this.#note(`${item.site}: the deployment failed: ${String(error)}`),
        );
      }
      case 'deaths': {
        const { site } = this.#at(item.site);
        const roles = item.group === 'mirror' ? (['mirrorForward', 'mirrorReverse'] as const) : [item.group];
        for (const role of roles) site.kill(role, item.share, item.for * 1000);
        return;
      }
      case 'zone':
        for (const { site } of this.#sites.values())
          for (const role of ['stable', 'candidate', 'mirrorForward', 'mirrorReverse'] as const)
            site.kill(role, 0.5, item.for * 1000);
        return;
      case 'sick': {
        const { site } = this.#at(item.site);
        site.sicken(item.share, item.for * 1000);
        return;
      }
      case 'ledger': {
        const { lease } = this.#at(item.site).site;
        if (item.ago === null) lease.remove();
        else lease.restore(this.timeline.now() - item.ago * 1000);
        return;
      }
      case 'outage': {
        const place = this.#at(item.site);
        const outage = { of: item.of, fate: item.fate };
        place.outages.push(outage);
        this.timeline.after(item.for * 1000, () => place.outages.splice(place.outages.indexOf(outage), 1));
        return;
      }
      default:
        return;
    }
  }

  async #operate(place: Place, does: 'rollback' | 'abort' | 'redrive'): Promise<void> {
    const last = [...place.machine.executions.values()].at(-1);
    if (does === 'rollback') {
      const event = { trigger: 'operator', by: 'operator', reason: 'by hand' };
      this.#invokeLater(place, 'rollback', event, this.#causeOf(null));
    }
    if (last === undefined) return;
    if (does === 'abort') place.machine.stop(last.arn, 'Aborted', 'by hand');
    if (does === 'redrive') place.machine.redrive(last.arn);
  }

  #answerLater(place: Place, { token }: ApprovalRequest): void {
    const { name } = place.site;
    this.#secrets.push(token);
    const nth = place.signoffs++;
    const item = this.#scenario.items.find((i) => i.type === 'signoff' && i.site === name && i.nth === nth);
    const answer = item?.type === 'signoff' ? item.answer : 'approve';
    const after = item?.type === 'signoff' ? item.after : APPROVED_AFTER_SECONDS;
    if (answer === 'silence') return;
    this.timeline.after(after * 1000, () => {
      this.#note(`${name}: somebody answers the sign-off: ${answer}`);
      if (answer === 'refuse') place.machine.fail(token, 'Crossfade.SignoffRefused', 'not yet');
      else place.machine.succeed(token, { approvedBy: 'ops', comment: `fine, password=${SECRET}` });
    });
  }

  #isBenign(name: SiteName): boolean {
    return this.#scenario.items.every((item) => ('site' in item && item.site !== name) || isBenign(item));
  }

  #iso(): string {
    return new Date(this.timeline.now()).toISOString();
  }

  #count(what: string): void {
    this.#faults[what] = (this.#faults[what] ?? 0) + 1;
  }

  #note(text: string): void {
    const seconds = (this.timeline.now() - START) / 1000;
    this.#trace.push(`${seconds.toFixed(1).padStart(8)} ${text}`);
  }
}

/** An ingress with what belongs to it. */
interface Place {
  readonly site: Site;
  readonly machine: SimulatedMachine;
  readonly outages: { readonly of: string; readonly fate: Fate }[];
  readonly outside: Outside;
  events: number;
  signoffs: number;
  runs: number;
}

function isBenign(item: SimulatedEvent): boolean {
  if (item.type === 'start') return !item.drill;
  if (item.type === 'skew') return Math.abs(item.seconds) <= 60;
  return BENIGN.has(item.type);
}
