import { describe, expect, it } from 'vitest';
import { ScaledClock } from '../../../rehearsal/clock/clock.ts';
import { EventBus } from '../../../rehearsal/cloud/events/event-bus.ts';
import { compilePattern } from '../../../rehearsal/cloud/events/event-pattern.ts';
import { inputFor } from '../../../rehearsal/cloud/events/event-target.ts';
import { eventRuleSchema, scheduleMs } from '../../../rehearsal/cloud/events/events.ts';
import { until } from './support.ts';

const event = {
  source: 'aws.cloudwatch',
  resources: ['arn:one', 'arn:two'],
  detail: { alarmName: 'gateway-red', state: { value: 'ALARM' }, count: 3 },
};

describe('an event pattern', () => {
  it.each<[string, object, boolean]>([
    ['a literal', { source: ['aws.cloudwatch'] }, true],
    ['another literal', { source: ['aws.states'] }, false],
    ['one of several', { source: ['aws.states', 'aws.cloudwatch'] }, true],
    ['every field', { source: ['aws.cloudwatch'], detail: { alarmName: ['other'] } }, false],
    ['a nested field', { detail: { state: { value: ['ALARM'] } } }, true],
    ['a field that is not there', { detail: { phase: ['x'] } }, false],
    ['one value of a list', { resources: ['arn:two'] }, true],
    ['a number by its value', { detail: { count: [3] } }, true],
    ['a number is not its text', { detail: { count: ['3'] } }, false],
    ['prefix', { detail: { alarmName: [{ prefix: 'gateway-' }] } }, true],
    ['suffix', { detail: { alarmName: [{ suffix: '-green' }] } }, false],
    ['equals-ignore-case', { detail: { alarmName: [{ 'equals-ignore-case': 'GATEWAY-RED' }] } }, true],
    ['anything-but a value', { detail: { state: { value: [{ 'anything-but': 'OK' }] } } }, true],
    ['anything-but a list', { detail: { state: { value: [{ 'anything-but': ['OK', 'ALARM'] }] } } }, false],
    ['anything-but a prefix', { detail: { alarmName: [{ 'anything-but': { prefix: 'gateway-' } }] } }, false],
    ['anything-but an absent field', { detail: { phase: [{ 'anything-but': 'x' }] } }, false],
    ['exists', { detail: { alarmName: [{ exists: true }] } }, true],
    ['exists not', { detail: { phase: [{ exists: false }] } }, true],
  ])('with %s', (_name, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  it.each<[object]>([
    [{ detail: { count: [{ numeric: ['>', 1] }] } }],
    [{ $or: [{ source: ['a'] }] }],
    [{ source: 'not a list' }],
    [{ source: [{ prefix: 'a', suffix: 'b' }] }],
  ])('is refused when it is not known here: %j', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(RangeError);
  });
});

describe('what a target is given', () => {
  it.each<[string, object, unknown]>([
    ['the event', {}, event],
    ['a constant', { Input: '{"trigger":"drill"}' }, { trigger: 'drill' }],
    ['a part', { InputPath: '$.detail.state' }, { value: 'ALARM' }],
    [
      'a text made from parts',
      {
        InputTransformer: {
          InputPathsMap: { name: '$.detail.alarmName', detail: '$.detail', gone: '$.nothing' },
          InputTemplate: '{"reason": "alarm <name>", "name": <name>, "state": <detail>, "gone": <gone>}',
        },
      },
      { reason: 'alarm gateway-red', name: 'gateway-red', state: event.detail, gone: null },
    ],
  ])('%s', (_name, target, expected) => {
    expect(inputFor({ Arn: 'arn', ...target }, event)).toEqual(expected);
  });
});

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', 1],
    ['rate(5 minutes)', 5],
    ['rate(2 hours)', 120],
    ['cron(* * * * ? *)', 1],
    ['cron(0/15 * * * ? *)', 15],
  ])('%s comes every %d minutes', (expression, minutes) => {
    expect(scheduleMs(expression)).toBe(minutes * 60_000);
  });

  it.each(['rate(0 minutes)', 'cron(0 8 * * ? *)', 'cron(0/7 * * * ? *)', 'at(2026-11-24T10:00:00)'])(
    '%s is refused',
    (expression) => {
      expect(() => scheduleMs(expression)).toThrow(RangeError);
    },
  );

  it('comes in virtual time, until the bus is stopped', async () => {
    const delivered: unknown[] = [];
    const bus = new EventBus({
      clock: new ScaledClock({ anchor: Date.now(), speed: 6_000 }),
      deliver: (_arn, e) => delivered.push(e),
    });
    bus.add(
      'arn:aws:events:l:0:rule/r',
      eventRuleSchema.parse({
        ScheduleExpression: 'rate(1 minute)',
        Targets: [{ Arn: 'arn:aws:lambda:l:0:function:f' }],
      }),
    );
    bus.run();
    await until('two ticks', () => delivered.length >= 2);
    bus.stop();
    expect(delivered[0]).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event', version: '0' });
  });
});

describe('a rule', () => {
  const clock = new ScaledClock({ anchor: Date.now(), speed: 1 });

  it('that is disabled matches nothing', () => {
    const delivered: unknown[] = [];
    const bus = new EventBus({ clock, deliver: (_arn, e) => delivered.push(e) });
    const rule = { EventPattern: { source: ['s'] }, Targets: [{ Arn: 'arn:aws:lambda:l:0:function:f' }] };
    bus.add('arn:aws:events:l:0:rule/r', eventRuleSchema.parse({ ...rule, State: 'DISABLED' }));
    bus.publish({ source: 's', 'detail-type': 'd', detail: {} });
    expect(delivered).toEqual([]);
    bus.add('arn:aws:events:l:0:rule/r', eventRuleSchema.parse(rule));
    bus.publish({ source: 's', 'detail-type': 'd', detail: {} });
    expect(delivered).toMatchObject([{ source: 's', account: '000000000000', resources: [] }]);
  });

  it('with a target that is no function is refused', () => {
    const bus = new EventBus({ clock, deliver: () => {} });
    expect(() =>
      bus.add('arn:aws:events:l:0:rule/r', eventRuleSchema.parse({ Targets: [{ Arn: 'arn:aws:sqs:l:0:q' }] })),
    ).toThrow(RangeError);
  });
});
