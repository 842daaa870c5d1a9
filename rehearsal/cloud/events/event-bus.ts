/**
 * The default event bus: matches the rules of the templates with events of the local services and with simulated time.
 */
import { randomUUID } from 'node:crypto';
import type { VirtualClock } from '../../clock/index.ts';
import { ACCOUNT, REGION } from '../template/index.ts';
import { compilePattern } from './event-pattern.ts';
import { inputFor } from './event-target.ts';
import { type EventRule, scheduleMs } from './events.ts';

/** An event before the bus has added its own fields. */
export interface LocalEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources?: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventBusOptions {
  readonly clock: VirtualClock;
  /** Delivers an event to a target, asynchronously; only Lambda functions are supported. */
  readonly deliver: (targetArn: string, event: unknown, ruleArn: string) => void;
}

type Subscribed = EventRule & { readonly arn: string };

interface Subscription {
  readonly rule: Subscribed;
  readonly matches: (event: unknown) => boolean;
}

export class EventBus {
  readonly #options: EventBusOptions;
  readonly #subscriptions: Subscription[] = [];
  readonly #schedules: { readonly rule: Subscribed; readonly everyMs: number }[] = [];
  readonly #stops: (() => void)[] = [];

  constructor(options: EventBusOptions) {
    this.#options = options;
  }

  /** @throws RangeError for a pattern, a schedule or a target that is unknown here */
  add(arn: string, given: EventRule): void {
    const rule = { ...given, arn };
    const foreign = rule.Targets.find((t) => !t.Arn.includes(':lambda:'));
    if (foreign !== undefined) throw new RangeError(`event target not known here: ${foreign.Arn}`);
    if (rule.State === 'DISABLED') return;
    if (rule.EventPattern !== undefined) this.#subscriptions.push({ rule, matches: compilePattern(rule.EventPattern) });
    if (rule.ScheduleExpression !== undefined)
      this.#schedules.push({ rule, everyMs: scheduleMs(rule.ScheduleExpression) });
  }

  publish(event: LocalEvent): void {
    const stamped = this.#stamp(event);
    for (const { rule, matches } of this.#subscriptions) if (matches(stamped)) this.#send(rule, stamped);
  }

  /** From here on schedules run. */
  run(): void {
    for (const { rule, everyMs } of this.#schedules) {
      const tick = () => this.#send(rule, this.#stamp(SCHEDULED));
      this.#stops.push(this.#options.clock.every(everyMs, tick));
    }
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #send({ arn, Targets }: Subscribed, event: unknown): void {
    for (const target of Targets) this.#options.deliver(target.Arn, inputFor(target, event), arn);
  }

  #stamp({ resources = [], ...event }: LocalEvent): Record<string, unknown> {
    // EventBridge's times are whole seconds.
    const time = new Date(this.#options.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    return { version: '0', id: randomUUID(), account: ACCOUNT, region: REGION, time, resources, ...event };
  }
}

const SCHEDULED: LocalEvent = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
