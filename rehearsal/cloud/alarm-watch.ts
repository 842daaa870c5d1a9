/**
 * Evaluates alarms, and carries out what follows a change of state: the alarm's own actions, unless muted, and an
 * event.
 */
import { invocation, publishTo } from './access/index.ts';
import {
  type AlarmNews,
  type AlarmState,
  type AlarmTransition,
  actionsOf,
  type LocalAlarm,
  lambdaAction,
  MuteRules,
  snsMessage,
  stateChangeEvent,
} from './cloudwatch/index.ts';
import type { EventBus } from './events/index.ts';
import type { Foundation } from './foundation.ts';
import type { LambdaService } from './lambda/index.ts';
import type { LocalSns } from './services/index.ts';

interface Told {
  readonly lambda: LambdaService;
  readonly sns: LocalSns;
  readonly bus: EventBus;
}

export class AlarmWatch {
  readonly mutes: MuteRules;
  readonly #base: Foundation;
  readonly #told: Told;
  /**
   * Actions that a mute rule suppressed. They run when its window has ended, if the alarm is still in the same state.
   */
  readonly #muted = new Map<string, AlarmNews>();

  constructor(base: Foundation, told: Told) {
    this.#base = base;
    this.#told = told;
    this.mutes = new MuteRules(() => base.clock.now());
  }

  /** Sets the state, as SetAlarmState does. */
  set(alarm: LocalAlarm, state: AlarmState, reason: string): void {
    this.#announce(alarm.set(state, reason));
  }

  /** Called once per simulated minute. */
  evaluate(): void {
    const { alarms, metrics, clock } = this.#base;
    for (const alarm of alarms.values()) this.#announce(alarm.evaluate(metrics, clock.now()));
    this.#actOnUnmuted();
  }

  /** Both ways that AWS guarantees: the alarm's own actions, and EventBridge. */
  #announce(transition: AlarmTransition | null): void {
    if (transition === null) return;
    const { names, clock, onEvent } = this.#base;
    const { alarm, from, reason } = transition;
    const { AlarmName: name } = alarm.properties;
    const news = { transition, arn: names.arn('cloudwatch', `alarm:${name}`), at: clock.now() };
    onEvent({ type: 'alarm', name, from, to: alarm.state, reason, at: news.at });
    this.#muted.delete(name);
    if (this.mutes.mutes(name)) this.#muted.set(name, news);
    else this.#act(news);
    this.#told.bus.publish(stateChangeEvent(news));
  }

  #actOnUnmuted(): void {
    for (const [name, news] of this.#muted) {
      if (this.mutes.mutes(name)) continue;
      this.#muted.delete(name);
      this.#act(news);
    }
  }

  #act(news: AlarmNews): void {
    const { access, known } = this.#base;
    const { lambda, sns } = this.#told;
    for (const action of actionsOf(news.transition.alarm)) {
      if (action.includes(':lambda:')) {
        const denial = access.refusesService('lambda.alarms.cloudwatch.amazonaws.com', news.arn, invocation(action));
        if (denial === null) lambda.invokeLater(action, lambdaAction(news));
      } else if (access.refusesService('cloudwatch.amazonaws.com', news.arn, ...publishTo(action, known)) === null)
        sns.send({ topicArn: action, ...snsMessage(news) });
    }
  }
}
