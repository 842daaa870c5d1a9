/** Lambda and EventBridge: who invokes a handler, when an event arrives, and how often it is retried. */
import type { Deps } from '../../lambdas/tasks/index.ts';
import { type FailureCause, Invocation, type InvocationHost } from './functions.ts';
import type { Handlers } from './handlers.ts';
import type { SimulatedIngress } from './ingress.ts';
import { type Execution, TaskFailure } from './interpreter.ts';
import type { Journal } from './journal.ts';
import type { Observer } from './observer.ts';
import { portsOf } from './ports.ts';
import { drawnFor, type SimulatedHandler, type SimulatedScenario, type STRAYS } from './scenario/index.ts';
import { MINUTE_MS, type Site, simulatedAlarmsOf } from './site/index.ts';

/** Delays before Lambda's second and third attempt of an asynchronous invocation. */
const ASYNC_RETRIES_MS = [60_000, 120_000];
/** Lambda's error if a function's concurrency is used up. */
const NO_ROOM = 'Lambda.TooManyRequestsException';
/** The longest wait of an event between two attempts, and in total; shorter for the watchdog. */
const LONGEST_WAIT_MS = 300_000;
const OLDEST_EVENT_MS = 30 * MINUTE_MS;
const OLDEST_LOOK_MS = MINUTE_MS;

export interface InvocationsOptions {
  readonly host: InvocationHost;
  readonly scenario: SimulatedScenario;
  readonly handlers: Handlers;
  readonly wrap: (deps: Deps, handler: SimulatedHandler) => Deps;
  readonly observer: Observer;
  readonly journal: Journal;
  /** Texts that nobody may read. */
  readonly secrets: readonly string[];
}

export class Invocations {
  /** For each rollback without faults: its longest chain of calls up to and including the first write. */
  readonly callsToWrite: number[] = [];
  readonly #options: InvocationsOptions;
  readonly #calls = new Map<string, number>();

  constructor(options: InvocationsOptions) {
    this.#options = options;
  }

  /** A cause at the present time for this run; null: whichever owns the ingress. */
  causeOf(execution: string | null): FailureCause {
    return { execution, at: this.#now() };
  }

  /** @throws TaskFailure */
  async now(
    ingress: SimulatedIngress,
    handler: SimulatedHandler,
    event: unknown,
    cause: FailureCause,
  ): Promise<unknown> {
    const { host, wrap, handlers, journal, observer, secrets } = this.#options;
    const { site } = ingress;
    if (hasNoRoom(ingress, handler)) {
      journal.count('throttled call');
      observer.disturbed(site);
      throw new TaskFailure(NO_ROOM, 'Rate Exceeded.');
    }
    const invocation = new Invocation(host, site.name, handler, cause, this.#calls);
    const deps = wrap(
      portsOf(invocation, site, ingress.outside, () => this.#now()),
      handler,
    );
    try {
      const result = await invocation.run(() => handlers[handler](deps)(event));
      this.#ended(site, invocation);
      return result;
    } catch (error) {
      if (error instanceof Error) {
        journal.note(`${site.name}: ${handler} failed: ${error.name} ${error.message}`);
        observer.published(error.message, secrets);
      }
      this.#ended(site, invocation);
      throw error;
    }
  }

  /** Like an event: retried twice when it fails, after which the alarm of the dead-letter queue fires. */
  later(ingress: SimulatedIngress, handler: SimulatedHandler, event: unknown, cause: FailureCause, attempt = 0): void {
    const { timeline } = this.#options.host;
    this.now(ingress, handler, event, cause).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      if (error.name === NO_ROOM) {
        this.#whenThereIsRoom(ingress, handler, event, cause, attempt);
        return;
      }
      const wait = ASYNC_RETRIES_MS[attempt];
      if (wait !== undefined) timeline.after(wait, () => this.later(ingress, handler, event, cause, attempt + 1));
      else this.#toDeadLetters(ingress, handler);
    });
  }

  /** A throttled event waits, longer each time, until it is too old (lib/cutover/rollback-triggers.ts). */
  #whenThereIsRoom(
    ingress: SimulatedIngress,
    handler: SimulatedHandler,
    event: unknown,
    cause: FailureCause,
    attempt: number,
    waited = 0,
  ): void {
    const { host, observer } = this.#options;
    const wait = Math.min(LONGEST_WAIT_MS, Math.max(1_000, waited));
    const oldest = handler === 'watchdog' ? OLDEST_LOOK_MS : OLDEST_EVENT_MS;
    if (handler === 'watchdog' && !hasNoRoom(ingress, 'rollback')) observer.unwatched(ingress.site);
    if (waited + wait <= oldest) {
      host.timeline.after(wait, () => {
        if (hasNoRoom(ingress, handler)) this.#whenThereIsRoom(ingress, handler, event, cause, attempt, waited + wait);
        else this.later(ingress, handler, event, cause, attempt);
      });
    } else if (handler !== 'watchdog') this.#toDeadLetters(ingress, handler);
  }

  #toDeadLetters({ site: { name } }: SimulatedIngress, handler: SimulatedHandler): void {
    this.#options.journal.note(`${name}: ${handler} goes to the dead letters`);
    this.#options.observer.told(`Crossfade ${name}: dead letter`);
  }

  /** An execution has ended. EventBridge reports those that did not succeed. */
  executionEnded(ingress: SimulatedIngress, { arn, status, error, cause }: Execution): void {
    if (status === 'SUCCEEDED') return;
    const detail = { executionArn: arn, status, error, cause };
    const event = { 'detail-type': 'Step Functions Execution Status Change', time: this.#iso(), detail };
    this.#deliver(ingress, 'rollback', event, this.causeOf(arn));
  }

  /** An event that does not belong to the run. */
  stray(ingress: SimulatedIngress, event: (typeof STRAYS)[number]): void {
    const { name } = ingress.site;
    const another = `arn:execution:of-others-${name}:run-1`;
    if (event === 'execution') {
      const detail = { executionArn: another, status: 'FAILED', error: 'States.Runtime', cause: 'a failure of theirs' };
      const end = { 'detail-type': 'Step Functions Execution Status Change', time: this.#iso(), detail };
      this.#deliver(ingress, 'rollback', end, this.causeOf(another));
      return;
    }
    const state = { value: event === 'ok' ? 'OK' : 'ALARM', reason: 'an hour ago' };
    const time = new Date(this.#options.host.startedAt - 3_600_000).toISOString();
    const change = {
      'detail-type': 'CloudWatch Alarm State Change',
      time,
      detail: { alarmName: `${name}-errors`, state },
    };
    this.#deliver(ingress, 'rollback', change, this.causeOf('nobody'));
  }

  /** Alarms whose change to ALARM calls a function directly, and through EventBridge. */
  alarms(ingress: SimulatedIngress): ReturnType<typeof simulatedAlarmsOf> {
    const onChange = () => this.#options.observer.changed(ingress.site);
    const onAlarm = (name: string, reason: string) => {
      const mirror = ingress.site.deployment.shadowAlarms.includes(name);
      const handler = mirror ? 'close-mirror' : 'rollback';
      this.#options.journal.note(`${ingress.site.name}: alarm ${name}: ${reason}`);
      const { item } = ingress.site.lease;
      const cause = this.causeOf(item?.status === 'running' ? item.executionArn : 'nobody');
      const timestamp = this.#iso();
      const alarmData = { alarmName: name, state: { value: 'ALARM', reason, timestamp } };
      this.#deliver(ingress, handler, { source: 'aws.cloudwatch', alarmData }, cause);
      const detail = { alarmName: name, state: { value: 'ALARM', reason } };
      const event = { 'detail-type': 'CloudWatch Alarm State Change', time: timestamp, detail };
      this.#deliver(ingress, handler, event, cause);
    };
    return simulatedAlarmsOf(ingress.site, this.#options.host.timeline, { onChange, onAlarm });
  }

  /** From now on, evaluates the alarms and runs the watchdog every minute. `then` is called after each. */
  everyMinute(ingress: SimulatedIngress, then: () => void): void {
    const { name } = ingress.site;
    const { seed, timeline } = this.#options.host;
    const minute = () => {
      this.alarms(ingress).evaluate();
      const offset = 1_000 + drawnFor(seed, `tick ${name} ${this.#now()}`) * 3_000;
      // Without a watchdog, and without concurrency for the rollback, nothing can roll back.
      const isHelpless = hasNoRoom(ingress, 'rollback');
      if (this.#now() < ingress.unwatchedUntil) {
        if (!isHelpless) this.#options.observer.unwatched(ingress.site);
      } else {
        const look = () => this.later(ingress, 'watchdog', {}, this.causeOf(null));
        timeline.after(offset, look);
        if (this.#now() < ingress.doubledUntil) timeline.after(offset, look);
      }
      then();
      timeline.after(MINUTE_MS, minute);
    };
    timeline.after(name === 'a' ? 0 : 7_000, minute);
  }

  #deliver(ingress: SimulatedIngress, handler: SimulatedHandler, event: unknown, cause: FailureCause): void {
    const { host, scenario, journal } = this.#options;
    const { name } = ingress.site;
    const nth = ingress.events++;
    const fated = scenario.items.find((i) => i.type === 'event' && i.site === name && i.nth === nth);
    const deliver = (ms: number) =>
      host.timeline.after(ms, () => {
        journal.note(`${name}: event for ${handler}`);
        this.later(ingress, handler, event, cause);
      });
    const usual = 500 + drawnFor(host.seed, `event ${name} ${nth}`) * 4_000;
    if (fated?.type !== 'event') {
      deliver(usual);
      return;
    }
    journal.count(`event ${fated.fate}`);
    if (fated.fate === 'late') deliver(fated.late * 1000);
    if (fated.fate === 'twice') {
      deliver(usual);
      deliver(usual + fated.late * 1000);
    }
  }

  #ended(site: Site, invocation: Invocation): void {
    const { observer } = this.#options;
    if (invocation.disturbed) observer.disturbed(site);
    const { callsToWrite } = invocation;
    if (invocation.handler === 'rollback' && !invocation.disturbed && callsToWrite !== null)
      this.callsToWrite.push(callsToWrite);
    observer.ended(site, invocation);
  }

  /** Ports of the operator's command, whose calls have no faults. */
  command(ingress: SimulatedIngress): Deps {
    const { host, wrap } = this.#options;
    const command = new Invocation(host, ingress.site.name, 'signoff', this.causeOf(null), new Map([['command', 1]]));
    return wrap(
      portsOf(command, ingress.site, ingress.outside, () => this.#now()),
      'signoff',
    );
  }

  #now(): number {
    return this.#options.host.timeline.now();
  }

  #iso(): string {
    return new Date(this.#now()).toISOString();
  }
}

/** Whether Lambda accepts no invocation of the function. */
function hasNoRoom({ throttled }: SimulatedIngress, handler: SimulatedHandler): boolean {
  return throttled.some((of) => (of.handler ?? handler) === handler);
}
