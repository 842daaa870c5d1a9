/**
 * Tests the templates' alarms on one metric against fakecloud, which does not evaluate alarms on expressions.
 * `test/judges/fakecloud.sh` starts it.
 */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AlarmProperties, alarmPropertiesSchema, LocalAlarm } from '../../rehearsal/cloud/cloudwatch/alarms.ts';
import { MetricStore } from '../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';

const FAKECLOUD = process.env.CROSSFADE_FAKECLOUD_URL;
const MINUTE_MS = 60_000;
/**
 * Value of the data point of each minute, or null for none. It is the same in every minute, since fakecloud also counts
 * the current minute, which AWS does not.
 */
const SERIES: Readonly<Record<string, number | null>> = {
  'well below': 0,
  'at 1': 1,
  'far above': 1_000,
  'without a point': null,
};

describe.skipIf(FAKECLOUD === undefined)('alarms on one metric, by fakecloud', () => {
  const client = new CloudWatchClient({
    endpoint: FAKECLOUD ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let alarms: readonly AlarmProperties[];
  beforeAll(async () => {
    const assembly = await sharedAssembly();
    const names = new Names(assembly);
    alarms = assembly.resources
      .filter(({ type, properties }) => type === 'AWS::CloudWatch::Alarm' && properties.Metrics === undefined)
      .map((r) => alarmPropertiesSchema.parse({ AlarmName: names.nameOf(r), ...names.properties(r) }));
  });

  it.each(Object.entries(SERIES))('are in the same state when every minute is %s', async (what, value) => {
    const now = Date.now();
    const minutes = value === null ? [] : Array.from({ length: 30 }, (_, i) => now - i * MINUTE_MS);
    const ours: Record<string, string> = {};
    const theirs: Record<string, string | undefined> = {};
    for (const alarm of alarms) {
      // Each series has its own namespace, so that it does not see the points of another. Nobody may put points into
      // AWS's own namespaces.
      const Namespace = `${alarm.Namespace}/${what}`.replaceAll(/[^A-Za-z/]/g, '').replace('AWS/', '');
      const { AlarmActions: _alarm, OKActions: _ok, InsufficientDataActions: _data, ...plain } = alarm;
      const properties = { ...plain, Namespace };
      const store = new MetricStore();
      const dimensions = Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, Value]));
      for (const at of minutes)
        store.record({ namespace: Namespace, name: alarm.MetricName ?? '', dimensions, value: value ?? 0, at });
      const local = new LocalAlarm(alarmPropertiesSchema.parse(properties));
      local.evaluate(store, now);
      ours[alarm.AlarmName] = local.state;
      for (const at of minutes)
        await client.send(
          new PutMetricDataCommand({
            Namespace,
            MetricData: [
              {
                MetricName: alarm.MetricName,
                Dimensions: alarm.Dimensions,
                Timestamp: new Date(at),
                Value: value ?? 0,
              },
            ],
          }),
        );
      const {
        Metrics: _none,
        EvaluateLowSampleCountPercentile: _low,
        ThresholdMetricId: _band,
        ...request
      } = properties;
      await client.send(new PutMetricAlarmCommand(request as PutMetricAlarmCommand['input']));
      const AlarmNames = [alarm.AlarmName];
      const { MetricAlarms: [found] = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames }));
      theirs[alarm.AlarmName] = found?.StateValue;
    }
    expect(alarms.length).toBeGreaterThan(2);
    expect(ours).toEqual(theirs);
  });
});
