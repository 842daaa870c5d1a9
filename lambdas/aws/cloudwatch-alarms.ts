/** The alarms port over CloudWatch. */
import { type CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmReading, Alarms } from '../../core/ports.ts';
import { aws } from './transient.ts';

/** DescribeAlarms takes at most 100 names. */
const PAGE = 100;

export function cloudWatchAlarms(client: Pick<CloudWatchClient, 'send'>): Alarms {
  return {
    async read(names) {
      const readings: AlarmReading[] = [];
      for (let i = 0; i < names.length; i += PAGE) {
        const AlarmNames = names.slice(i, i + PAGE);
        const page = await aws('DescribeAlarms', () =>
          client.send(
            new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: PAGE }),
          ),
        );
        for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
          if (alarm.AlarmName === undefined) continue;
          readings.push({
            name: alarm.AlarmName,
            state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
            actionsEnabled: alarm.ActionsEnabled ?? true,
          });
        }
      }
      return readings;
    },
    async trip(AlarmName, StateReason) {
      await aws('SetAlarmState', () =>
        client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason })),
      );
    },
  };
}
