/** The alarms port, implemented with CloudWatch. */
import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  ListAlarmMuteRulesCommand,
  type ListAlarmMuteRulesCommandInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmReading, Alarms } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

/** DescribeAlarms accepts at most 100 names. */
const PAGE = 100;

export function cloudWatchAlarms(client: Pick<CloudWatchClient, 'send'>): Alarms {
  return {
    async read(names) {
      const readings: AlarmReading[] = [];
      const mutes = await activeMutes(client, names);
      for (let i = 0; i < names.length; i += PAGE) {
        const AlarmNames = names.slice(i, i + PAGE);
        const page = await aws('DescribeAlarms', () =>
          client.send(
            new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: PAGE }),
          ),
        );
        const suppressed = new Map(
          (page.CompositeAlarms ?? []).map((a) => [a.AlarmName, a.ActionsSuppressedBy && (a.ActionsSuppressor ?? '?')]),
        );
        for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
          const name = alarm.AlarmName;
          if (name === undefined) continue;
          const suppressor = suppressed.get(name);
          readings.push({
            name,
            state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
            actionsEnabled: alarm.ActionsEnabled ?? true,
            mutedBy: [...(mutes.get(name) ?? []), ...(suppressor === undefined ? [] : [suppressor])],
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

/**
 * Active mute rules by alarm. Usually the account and region have none, which takes one call to find out; otherwise one
 * call per alarm is made, so that the number of other people's rules does not matter.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListAlarmMuteRules.html
 */
async function activeMutes(
  client: Pick<CloudWatchClient, 'send'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const mutes = new Map<string, readonly string[]>();
  if (names.length === 0 || (await listActive(client, { MaxRecords: 1 })).length === 0) return mutes;
  for (const AlarmName of names) mutes.set(AlarmName, await listActive(client, { AlarmName, MaxRecords: PAGE }));
  return mutes;
}

/** Errors of a service that lacks the operation. */
const NO_SUCH_OPERATION = ['InvalidAction', 'UnknownOperationException', 'UnknownOperation'];

/** The most pages without any of the requested rules that are read before the last one. */
const MOST_EMPTY_PAGES = 20;

/**
 * Names of the rules on the first page that has any; empty if mute rules are unknown in the partition, where nothing
 * can be muted.
 */
async function listActive(
  client: Pick<CloudWatchClient, 'send'>,
  wanted: Pick<ListAlarmMuteRulesCommandInput, 'AlarmName' | 'MaxRecords'>,
): Promise<readonly string[]> {
  let NextToken: string | undefined;
  try {
    for (let page = 0; page < MOST_EMPTY_PAGES; page++) {
      const list = new ListAlarmMuteRulesCommand({
        Statuses: ['ACTIVE'],
        ...wanted,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      const answer = await aws('ListAlarmMuteRules', () => client.send(list));
      const found = (answer.AlarmMuteRuleSummaries ?? []).map(
        ({ AlarmMuteRuleArn = '?' }) => AlarmMuteRuleArn.split(':alarm-mute-rule:')[1] ?? AlarmMuteRuleArn,
      );
      NextToken = answer.NextToken;
      if (found.length > 0 || NextToken === undefined) return found;
    }
  } catch (error) {
    if (error instanceof Error && NO_SUCH_OPERATION.includes(error.name)) return [];
    throw error;
  }
  throw new Error(`ListAlarmMuteRules gave ${MOST_EMPTY_PAGES} empty pages and no end`);
}
