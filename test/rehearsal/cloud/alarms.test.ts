import { describe, expect, it } from 'vitest';
import { type AlarmProperties, alarmPropertiesSchema, LocalAlarm } from '../../../rehearsal/cloud/cloudwatch/alarms.ts';
import { evaluate } from '../../../rehearsal/cloud/cloudwatch/metric-math.ts';
import { MetricStore } from '../../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { statistic } from '../../../rehearsal/cloud/cloudwatch/statistics.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

/** Returns a store with these values in its last minutes, oldest first; null is a minute without data. */
function store(values: readonly (number | null)[]): MetricStore {
  const metrics = new MetricStore();
  values.forEach((value, i) => {
    if (value !== null)
      metrics.record({ namespace: 'N', name: 'M', dimensions: {}, value, at: NOW - (values.length - i) * MINUTE });
  });
  return metrics;
}

function alarm(rest: Partial<AlarmProperties> = {}): LocalAlarm {
  const properties = {
    AlarmName: 'a',
    Namespace: 'N',
    MetricName: 'M',
    Statistic: 'Sum',
    Period: 60,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 5,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
    ...rest,
  };
  return new LocalAlarm(alarmPropertiesSchema.parse(properties));
}

describe('an alarm', () => {
  it.each([
    ['two of three', [9, 0, 9], {}, 'ALARM'],
    ['one of three', [9, 0, 0], {}, 'OK'],
    ['missing data that does not breach', [9, null, null], {}, 'OK'],
    ['missing data that breaches', [9, null, 0], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['only missing data, treated as missing', [null, null, null], { TreatMissingData: 'missing' }, 'INSUFFICIENT_DATA'],
    ['only missing data that breaches', [null, null, null], { TreatMissingData: 'breaching' }, 'ALARM'],
    ['below a lower bound', [0, 0, 9], { ComparisonOperator: 'LessThanThreshold' }, 'ALARM'],
    ['values at the threshold', [5, 5, 5], {}, 'OK'],
  ] as const)('on %s', (_name, values, rest, expected) => {
    const subject = alarm(rest);
    subject.evaluate(store(values), NOW);
    expect(subject.state).toBe(expected);
  });

  it('tells its transition once', () => {
    const subject = alarm();
    const metrics = store([9, 9, 9]);
    expect(subject.evaluate(metrics, NOW)).toMatchObject({ from: 'INSUFFICIENT_DATA' });
    expect(subject.evaluate(metrics, NOW)).toBeNull();
  });

  it('takes back by the next evaluation what SetAlarmState set', () => {
    const subject = alarm();
    subject.evaluate(store([0, 0, 0]), NOW);
    expect(subject.set('ALARM', 'drill')).toMatchObject({ from: 'OK' });
    expect(subject.evaluate(store([0, 0, 0]), NOW)).toMatchObject({ from: 'ALARM' });
  });
});

describe('a definition', () => {
  const stat = (i: number) => ({
    Id: `m${i}`,
    MetricStat: { Metric: { Namespace: 'N', MetricName: `M${i}`, Dimensions: [] }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  const sumOf = (n: number, padding = 0) => ({
    Namespace: undefined,
    MetricName: undefined,
    Statistic: undefined,
    Period: undefined,
    Metrics: [
      ...Array.from({ length: n }, (_, i) => stat(i)),
      {
        Id: 'e',
        Expression: `${' '.repeat(padding)}${Array.from({ length: n }, (_, i) => `m${i}`).join('+')}`,
        ReturnData: true,
      },
    ],
  });

  it.each<[string, Partial<AlarmProperties>]>([
    ['actions', { AlarmActions: ['a', 'b', 'c', 'd', 'e'] }],
    ['its description', { AlarmDescription: 'd'.repeat(1_024) }],
    ['a day', { EvaluationPeriods: 1_440 }],
    ['seven days of hours', { Period: 3_600, EvaluationPeriods: 168 }],
    ['M of N', { DatapointsToAlarm: 3 }],
    ['metrics', sumOf(10)],
    ['its expression', sumOf(1, 2_046)],
  ])('at CloudWatch’s limit of %s is read', (_what, rest) => {
    expect(alarm(rest).state).toBe('INSUFFICIENT_DATA');
  });

  it.each<[string, Partial<AlarmProperties>]>([
    ['six actions', { AlarmActions: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['a longer description', { AlarmDescription: 'd'.repeat(1_025) }],
    ['more minutes than a day has', { EvaluationPeriods: 1_441 }],
    ['more hours than seven days have', { Period: 3_600, EvaluationPeriods: 169 }],
    ['four of three', { DatapointsToAlarm: 4 }],
    ['eleven metrics', sumOf(11)],
    ['a longer expression', sumOf(1, 2_047)],
  ])('of %s is refused', (_what, rest) => {
    expect(() => alarm(rest)).toThrow();
  });
});

describe('metric math', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['IF(n >= 20, 100 * e / n, 0)', 5],
    ['IF(n >= 200, 1, 0)', 0],
    ['FILL(x, 7)', 7],
    ['IF(n > 1 AND e > 99, 1, 2)', 2],
    ['IF(n > 1 OR e > 99, 1, 2)', 1],
    ['x + 1', undefined],
    ['n / 0', undefined],
  ])('%s is %s', (expression, value) => {
    expect(evaluate(expression, { n: 100, e: 5, x: undefined })).toBe(value);
  });

  it.each(['1 +', 'y', 'ABS(n)', '(1', '1 2', 'n $ 2'])('refuses %s instead of guessing', (expression) => {
    expect(() => evaluate(expression, { n: 1 })).toThrow(SyntaxError);
  });
});

describe('statistics', () => {
  const samples = Array.from({ length: 100 }, (_v, i) => i + 1);
  it.each([
    ['Sum', 5050],
    ['Average', 50.5],
    ['Minimum', 1],
    ['Maximum', 100],
    ['SampleCount', 100],
    ['p50', 50],
    ['p99', 99],
    ['TC(90:)', 10],
    ['TC(:10)', 10],
    ['TC(10:20)', 10],
  ])('%s of 1 to 100 is %d', (name, value) => {
    expect(statistic(name, samples)).toBe(value);
  });

  it('has no value without samples, and refuses a name that it does not know', () => {
    expect(statistic('Sum', [])).toBeUndefined();
    expect(() => statistic('IQM', samples)).toThrow(RangeError);
  });
});
