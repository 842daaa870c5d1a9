/** CloudWatch's part of an ingress: alarms on late counts and target health, with actions on a change to ALARM. */
import type { AlarmReading } from '../../../core/model/index.ts';
import type { AlarmEdit } from '../scenario/index.ts';
import type { Site } from './site.ts';
import type { Timeline } from './timeline.ts';

/** Share of the candidate's answers, in two of three minutes. */
const FAILING = 0.05;
const UNHEALTHY = 0.5;

interface Alarms {
  /** Called every minute, like CloudWatch's evaluation. */
  evaluate(): void;
  /** SetAlarmState, until the next evaluation. */
  trip(name: string): void;
  /** Somebody changes it by hand, and reverts it after a while. */
  edit(name: string, edit: AlarmEdit, ms: number): void;
  /** The alarms were deployed anew and have no data yet. */
  begin(): void;
}

interface AlarmsOptions {
  /** Called when an alarm reads differently. */
  readonly onChange: () => void;
  /** Called when an alarm's action is due. */
  readonly onAlarm: (name: string, reason: string) => void;
}

export function simulatedAlarmsOf(site: Site, timeline: Timeline, { onChange, onAlarm }: AlarmsOptions): Alarms {
  const put = (reading: AlarmReading) => {
    site.alarms.set(reading.name, reading);
    onChange();
  };
  const set = (name: string, state: AlarmReading['state'], reason: string) => {
    const before = site.alarms.get(name);
    if (before === undefined || before.state === state) return;
    put({ ...before, state });
    if (state === 'ALARM' && before.actionsEnabled && before.mutedBy.length === 0) onAlarm(name, reason);
  };
  const red = (name: string): string | null => {
    const { unhealthy, registered } = site.health(name.endsWith('-mirror') ? 'mirrorForward' : 'candidate');
    if (name.endsWith('-errors')) {
      const failing = site.candidateFailures().filter((share) => share > FAILING);
      return failing.length >= 2 ? 'the candidate fails' : null;
    }
    const share = registered === 0 ? 1 : unhealthy / registered;
    if (name.endsWith('-mirror')) return share === 1 ? 'the mirror has no healthy target' : null;
    return share > UNHEALTHY ? 'most of the candidate is unhealthy' : null;
  };
  return {
    evaluate() {
      for (const name of site.alarms.keys()) {
        if (site.heldAlarms.has(name)) continue;
        const reason = red(name);
        set(name, reason === null ? 'OK' : 'ALARM', reason ?? '');
      }
    },
    trip: (name) => set(name, 'ALARM', 'tripped by hand'),
    edit(name, edit, ms) {
      const before = site.alarms.get(name);
      if (before === undefined) return;
      if (edit === 'deleted') {
        site.alarms.delete(name);
        onChange();
      } else if (edit === 'muted') put({ ...before, mutedBy: ['by hand'] });
      else if (edit === 'off') put({ ...before, actionsEnabled: false });
      else {
        // Held like one of several children of a composite alarm: the state stays until it is set again.
        site.heldAlarms.add(name);
        set(name, edit, 'set by hand');
      }
      timeline.after(ms, () => {
        site.heldAlarms.delete(name);
        const { state } = site.alarms.get(name) ?? { state: 'INSUFFICIENT_DATA' as const };
        put({ name, state, actionsEnabled: true, mutedBy: [] });
      });
    },
    begin() {
      for (const name of site.alarms.keys()) set(name, 'INSUFFICIENT_DATA', '');
    },
  };
}
