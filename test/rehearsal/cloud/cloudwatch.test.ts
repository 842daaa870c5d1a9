import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  ListAlarmMuteRulesCommand,
  type ListAlarmMuteRulesCommandInput,
  type MetricDataQuery,
  PutAlarmMuteRuleCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alarmPropertiesSchema, LocalAlarm } from '../../../rehearsal/cloud/cloudwatch/alarms.ts';
import { cloudwatch } from '../../../rehearsal/cloud/cloudwatch/cloudwatch.ts';
import { MetricStore } from '../../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { MuteRules } from '../../../rehearsal/cloud/cloudwatch/mute-rules.ts';
import { type Served, serve } from './support.ts';

const MINUTE = 60_000;
const START = 1_000 * MINUTE;
let store: MetricStore;
let served: Served;
let client: CloudWatchClient;

beforeEach(async () => {
  store = new MetricStore();
  const alarms = new Map(['red', 'green', 'grey'].map((name) => [name, alarm(name)]));
  const setState = (a: LocalAlarm, state: LocalAlarm['state'], reason: string) => void a.set(state, reason);
  const operations = cloudwatch({ store, alarms, setState, mutes: new MuteRules(() => START), now: () => START });
  served = await serve({ json: { GraniteServiceVersion20100801: { service: 'cloudwatch', operations } } });
  client = new CloudWatchClient(served.client);
});
afterEach(async () => {
  client.destroy();
  await served.stop();
});

function alarm(AlarmName: string): LocalAlarm {
  const metric = { Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60 };
  const rule = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 1, EvaluationPeriods: 1 };
  return new LocalAlarm(alarmPropertiesSchema.parse({ AlarmName, ...metric, ...rule }));
}

function record(name: string, minute: number, ...values: number[]): void {
  for (const value of values)
    store.record({ namespace: 'N', name, dimensions: { D: 'd' }, value, at: START + minute * MINUTE + 1 });
}

const stat = (Id: string, MetricName: string, Stat = 'Sum', Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'N', MetricName, Dimensions: [{ Name: 'D', Value: 'd' }] }, Period, Stat },
});

const ask = (MetricDataQueries: MetricDataQuery[], minutes = 3, ScanBy?: 'TimestampAscending') =>
  client.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(START),
      EndTime: new Date(START + minutes * MINUTE),
      ScanBy,
    }),
  );

describe('GetMetricData', () => {
  it('answers newest first unless it is asked for the other order, and leaves out what is missing', async () => {
    record('E', 0, 1, 2);
    record('E', 2, 5);
    const { MetricDataResults: [newest] = [] } = await ask([stat('e', 'E')]);
    expect(newest).toMatchObject({ Id: 'e', Label: 'E', StatusCode: 'Complete', Values: [5, 3] });
    const { MetricDataResults: [oldest] = [] } = await ask([stat('e', 'E')], 3, 'TimestampAscending');
    expect(oldest?.Values).toEqual([3, 5]);
    expect(oldest?.Timestamps?.map((t) => t.getTime() - START)).toEqual([0, 2 * MINUTE]);
  });

  it('excludes the end of the range, and other dimensions', async () => {
    record('E', 3, 7);
    store.record({ namespace: 'N', name: 'E', dimensions: {}, value: 9, at: START });
    const { MetricDataResults } = await ask([stat('e', 'E')]);
    expect(MetricDataResults?.[0]?.Values).toEqual([]);
  });

  it('computes expressions, also of expressions, and returns only what is asked for', async () => {
    record('E', 0, 1);
    record('N', 0, 1, 1, 1, 1);
    const { MetricDataResults } = await ask([
      { ...stat('e', 'E', 'SampleCount'), ReturnData: false },
      { ...stat('n', 'N', 'SampleCount'), ReturnData: false },
      { Id: 'ratio', Expression: 'e / n', ReturnData: false },
      { Id: 'percent', Expression: '100 * ratio', Label: 'errors, %' },
    ]);
    expect(MetricDataResults).toMatchObject([{ Id: 'percent', Label: 'errors, %', Values: [25] }]);
  });

  it('sums over a longer period', async () => {
    for (let minute = 0; minute < 5; minute++) record('E', minute, 1);
    const { MetricDataResults } = await ask([stat('e', 'E', 'Sum', 300)], 5);
    expect(MetricDataResults?.[0]?.Values).toEqual([5]);
  });

  it.each<[string, MetricDataQuery[]]>([
    ['an unknown statistic', [stat('e', 'E', 'IQM')]],
    ['an unknown id', [{ Id: 'x', Expression: 'y + 1' }]],
    ['an unknown function', [stat('e', 'E'), { Id: 'x', Expression: 'ABS(e)' }]],
    ['two periods', [stat('e', 'E'), stat('f', 'E', 'Sum', 300)]],
    ['a high-resolution period', [stat('e', 'E', 'Sum', 10)]],
    ['the same id twice', [stat('e', 'E'), stat('e', 'F')]],
    ['a query that asks for nothing', [stat('e', 'E'), { Id: 'x' }]],
    ['a query that asks for two things', [{ ...stat('e', 'E'), Expression: '1 + 1' }]],
    ['queries that return nothing', [{ ...stat('e', 'E'), ReturnData: false }]],
  ])('refuses %s instead of guessing', async (_name, queries) => {
    await expect(ask(queries)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('PutMetricData', () => {
  it('records values with their counts, but not into a namespace of AWS', async () => {
    const put = (Namespace: string) =>
      client.send(
        new PutMetricDataCommand({
          Namespace,
          MetricData: [{ MetricName: 'E', Dimensions: [{ Name: 'D', Value: 'd' }], Values: [1, 5], Counts: [3, 1] }],
        }),
      );
    await put('N');
    expect(store.read({ namespace: 'N', name: 'E', dimensions: { D: 'd' } }, 'Sum', START, MINUTE)).toBe(8);
    await expect(put('AWS/ECS')).rejects.toBeInstanceOf(Error);
  });
});

describe('alarms', () => {
  it('are described page by page, by name and by state', async () => {
    const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
    expect(first.MetricAlarms?.map((a) => a.AlarmName)).toEqual(['red', 'green']);
    const second = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
    expect(second.MetricAlarms?.map((a) => a.AlarmName)).toEqual(['grey']);
    expect(second.NextToken).toBeUndefined();
    const named = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['green', 'gone'] }));
    expect(named.MetricAlarms?.map((a) => a.AlarmName)).toEqual(['green']);
    const prefixed = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'gre' }));
    expect(prefixed.MetricAlarms).toHaveLength(2);
  });

  it('take the state that they are set to, with its reason', async () => {
    const set = (AlarmName: string) =>
      client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'drill' }));
    await set('red');
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'red', StateReason: 'drill' }]);
    await expect(set('gone')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it.each([
    ['a low-sample rule', { EvaluateLowSampleCountPercentile: 'ignore' }],
    ['an anomaly band', { ThresholdMetricId: 'ad1' }],
    ['an unknown statistic', { Statistic: 'IQM' }],
    ['a high-resolution period', { Period: 10 }],
  ])('with %s are refused when they are read', (_name, property) => {
    const rule = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 1, EvaluationPeriods: 1 };
    const metric = { Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60 };
    expect(alarmPropertiesSchema.safeParse({ AlarmName: 'a', ...metric, ...rule, ...property }).success).toBe(false);
  });
});

describe('mute rules', () => {
  const put = (Name: string, Expression: string, rest = {}) =>
    client.send(
      new PutAlarmMuteRuleCommand({
        Name,
        Rule: { Schedule: { Expression, Duration: 'PT1H' } },
        MuteTargets: { AlarmNames: ['red'] },
        ...rest,
      }),
    );
  const at = (minutes: number) => `at(${new Date(START + minutes * MINUTE).toISOString().slice(0, 16)})`;

  it('are scheduled, active and expired by their window, and listed page by page', async () => {
    await put('later', at(5));
    await put('now', at(0));
    await put('gone', at(-60));
    const list = (input: ListAlarmMuteRulesCommandInput) => client.send(new ListAlarmMuteRulesCommand(input));
    const all = await list({});
    expect(all.AlarmMuteRuleSummaries?.map((r) => r.Status)).toEqual(['SCHEDULED', 'ACTIVE', 'EXPIRED']);
    const first = await list({ MaxRecords: 2 });
    const rest = await list({ MaxRecords: 2, NextToken: first.NextToken });
    expect(rest.AlarmMuteRuleSummaries).toHaveLength(1);
    const active = await list({ Statuses: ['ACTIVE'], AlarmName: 'red' });
    expect(active.AlarmMuteRuleSummaries?.[0]?.AlarmMuteRuleArn).toMatch(/:alarm-mute-rule:now$/);
    expect((await list({ AlarmName: 'green' })).AlarmMuteRuleSummaries).toEqual([]);
    const one = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'now' }));
    expect(one).toMatchObject({ Status: 'ACTIVE', MuteTargets: { AlarmNames: ['red'] } });
    await expect(client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('that recur, or begin at another time, are refused instead of ignored', async () => {
    await expect(put('weekly', 'cron(0 2 * * SUN)')).rejects.toThrow(/only at/);
    await expect(put('from', at(0), { StartDate: new Date(START) })).rejects.toThrow(/StartDate/);
  });
});

describe('a line of Embedded Metric Format', () => {
  it('becomes samples of every dimension set', () => {
    const line = JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['D'], []], Metrics: [{ Name: 'E' }, { Name: 'Gone' }] }],
      },
      D: 'd',
      E: [2, 3],
    });
    expect(store.ingestEmf(line, START)).toBe(true);
    const read = (dimensions: Record<string, string>) =>
      store.read({ namespace: 'N', name: 'E', dimensions }, 'Sum', START, MINUTE);
    expect([read({ D: 'd' }), read({})]).toEqual([5, 5]);
  });

  it.each(['plain text', '{"_aws":', '{"_aws":{}}', '{"message":"\\"_aws\\""}'])('is not %s', (line) => {
    expect(store.ingestEmf(line, START)).toBe(false);
  });
});
