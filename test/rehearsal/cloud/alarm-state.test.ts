import { describe, expect, it } from 'vitest';
import {
  type AlarmComparison,
  type AlarmState,
  judge,
  type MissingData,
} from '../../../rehearsal/cloud/cloudwatch/alarm-state.ts';
import { alarmPropertiesSchema, LocalAlarm } from '../../../rehearsal/cloud/cloudwatch/alarms.ts';
import { evaluate } from '../../../rehearsal/cloud/cloudwatch/metric-math.ts';
import { MetricStore } from '../../../rehearsal/cloud/cloudwatch/metric-store.ts';

/**
 * Parses a row: `0` is within the threshold, `X` is beyond it, `-` is missing; oldest first, as AWS prints its tables.
 */
function datapoints(row: string): (number | undefined)[] {
  return row.split(' ').map((c) => ({ '0': 0, X: 9 })[c]);
}

/** The alarm's state before the evaluation, which "retain" in the tables keeps. */
const CURRENT: AlarmState = 'ALARM';
const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

function states(row: string, datapointsToAlarm: number): string {
  return TREATMENTS.map((missing) => {
    const rule = {
      comparison: 'GreaterThanThreshold',
      threshold: 5,
      evaluationPeriods: 3,
      datapointsToAlarm,
      missing,
    } as const;
    return judge(datapoints(row), rule, CURRENT).state;
  }).join(' ');
}

describe('the tables of AWS on missing data', () => {
  it.each([
    ['0 - X - X', 'OK OK OK OK'],
    ['0 - - - -', 'OK OK OK OK'],
    ['- - - - -', 'INSUFFICIENT_DATA ALARM ALARM OK'],
    ['0 X X - X', 'ALARM ALARM ALARM ALARM'],
    ['- - - - X', 'INSUFFICIENT_DATA ALARM ALARM OK'],
    ['X - - - -', 'ALARM ALARM ALARM OK'],
  ])('3 of 3 on %s', (row, expected) => {
    expect(states(row, 3)).toBe(expected);
  });

  it.each([
    ['0 - X - X', 'ALARM ALARM ALARM ALARM'],
    ['0 0 X 0 X', 'ALARM ALARM ALARM ALARM'],
    ['0 - X - -', 'OK OK ALARM OK'],
    ['- - - - 0', 'OK OK ALARM OK'],
    ['- - - - X', 'INSUFFICIENT_DATA ALARM ALARM OK'],
  ])('2 of 3 on %s', (row, expected) => {
    expect(states(row, 2)).toBe(expected);
  });

  it('retains whatever state there was when missing data is ignored', () => {
    const rule = {
      comparison: 'GreaterThanThreshold',
      threshold: 5,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      missing: 'ignore',
    } as const;
    for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const)
      expect(judge(datapoints('- - - - -'), rule, current).state).toBe(current);
  });

  it.each<[AlarmComparison, string]>([
    ['GreaterThanThreshold', 'OK'],
    ['GreaterThanOrEqualToThreshold', 'ALARM'],
    ['LessThanThreshold', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM'],
  ])('a value at the threshold, %s: %s', (comparison, expected) => {
    const rule = { comparison, threshold: 5, evaluationPeriods: 1, datapointsToAlarm: 1, missing: 'missing' } as const;
    expect(judge([5, 5, 5], rule, 'OK').state).toBe(expected);
  });
});

describe('the examples of AWS on metric math with missing values', () => {
  const series = (text: string) => text.split(' ').map((v) => (v === '-' ? undefined : Number(v)));
  const run = (expression: string, metrics: Record<string, string>) => {
    const columns = Object.entries(metrics).map(([id, text]) => [id, series(text)] as const);
    const length = columns[0]?.[1].length ?? 0;
    return Array.from({ length }, (_v, i) =>
      evaluate(expression, Object.fromEntries(columns.map(([id, values]) => [id, values[i]]))),
    )
      .map((v) => v ?? '-')
      .join(' ');
  };

  it.each([
    ['a < b', { a: '30 20 0 0', b: '20 - 20 -' }, '0 0 1 0'],
    ['a >= 30', { a: '30 20 0 0' }, '1 0 0 0'],
    ['a > 15 AND b > 15', { a: '30 20 0 0', b: '20 - 20 -' }, '1 0 0 0'],
    ['IF(a, b, c)', { a: '1 1 0 0 -', b: '30 - 0 0 30', c: '0 0 20 - 20' }, '30 0 20 - -'],
    ['IF(a, 5, c)', { a: '1 1 0 0 -', c: '0 0 20 - 20' }, '5 5 20 - -'],
    ['IF(a, b, 5)', { a: '1 1 0 0 -', b: '30 - 0 0 30' }, '30 0 5 5 -'],
  ])('%s', (expression, metrics, expected) => {
    expect(run(expression, metrics)).toBe(expected);
  });
});

describe('an alarm on a metric that fell silent', () => {
  it.each<[number, AlarmState]>([
    [1, 'ALARM'],
    [3, 'ALARM'],
    [4, 'OK'],
  ])('%d minutes ago is %s: real datapoints come before missing ones, as far back as it looks', (minutes, expected) => {
    const [minute, now] = [60_000, 1_000 * 60_000];
    const store = new MetricStore();
    store.record({ namespace: 'N', name: 'M', dimensions: {}, value: 9, at: now - minutes * minute });
    const alarm = new LocalAlarm(
      alarmPropertiesSchema.parse({
        AlarmName: 'a',
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 5,
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      }),
    );
    alarm.evaluate(store, now);
    expect(alarm.state).toBe(expected);
  });
});
