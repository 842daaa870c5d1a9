/** The default event bus: rules of the templates, their targets, and schedules in virtual time. */
import type { VirtualClock } from '../world.ts';
import type { Resource } from './assembly.ts';
import { assertKnown, type EventRule, matches, ruleSchema, scheduleMs } from './events.ts';
import type { Names } from './names.ts';

type Deliver = (targetArn: string, event: unknown, tries?: number) => void;

export class EventBus {
  readonly #rules: readonly EventRule[];
  readonly #deliver: Deliver;

  /** @throws RangeError for a pattern or a schedule that is not known here. */
  constructor(rules: readonly Resource[], names: Names, deliver: Deliver) {
    this.#rules = rules.map((r) => ruleSchema.parse(names.properties(r)));
    for (const rule of this.#rules) assertKnown(rule.EventPattern);
    this.#deliver = deliver;
  }

  publish(event: Readonly<Record<string, unknown>>): void {
    for (const { EventPattern, Targets } of this.#rules) {
      if (EventPattern === undefined || !matches(EventPattern, event)) continue;
      for (const target of Targets) this.#deliver(target.Arn, event);
    }
  }

  /** Schedules run until their timers are cleared. */
  startSchedules(clock: VirtualClock): NodeJS.Timeout[] {
    return this.#rules.flatMap(({ ScheduleExpression, Targets }) => {
      if (ScheduleExpression === undefined) return [];
      const event = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
      const tick = () => {
        for (const target of Targets) this.#deliver(target.Arn, event, 1);
      };
      return [setInterval(tick, clock.toRealMs(scheduleMs(ScheduleExpression)))];
    });
  }
}
