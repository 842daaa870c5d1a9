import { describe, expect, it } from 'vitest';
import { parseRollbackEvent } from '../../lambdas/events/rollback-request.ts';

const NOW = '2026-11-24T08:00:00.000Z';
const alarmAction = (value: string) => ({
  source: 'aws.cloudwatch',
  alarmArn: 'arn',
  accountId: '0',
  time: NOW,
  region: 'r',
  alarmData: { alarmName: 'gateway-red', state: { value, reason: 'too many' }, previousState: {}, configuration: {} },
});
const alarmEvent = (value: string) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'gateway-red', state: { value, reason: 'too many' } },
});
const executionEvent = (status: string) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: 'arn:one', status, cause: null },
});

describe('a rollback trigger', () => {
  it.each([
    ["an alarm's direct action", alarmAction('ALARM'), { trigger: 'alarm', by: 'gateway-red', reason: 'too many' }],
    ['an alarm through EventBridge', alarmEvent('ALARM'), { trigger: 'alarm', by: 'gateway-red' }],
    ['a failed execution', executionEvent('FAILED'), { trigger: 'execution', calledFrom: 'arn:one' }],
    ['a timed-out execution', executionEvent('TIMED_OUT'), { trigger: 'execution' }],
    ['an aborted execution', executionEvent('ABORTED'), { trigger: 'execution' }],
    ['an operator', { trigger: 'operator', reason: 'I do not like it', by: 'ada' }, { trigger: 'operator', by: 'ada' }],
    [
      'the machine, by its gate',
      { v: 1, executionArn: 'arn:one', phase: 'stage', reason: 'worse', next: 'rollback' },
      { trigger: 'gate', reason: 'worse', calledFrom: 'arn:one' },
    ],
    [
      'the machine, by an expired sign-off',
      {
        v: 1,
        executionArn: 'arn:one',
        phase: 'exercise',
        reason: '',
        next: 'proceed',
        error: { Error: 'States.Timeout' },
      },
      { trigger: 'signoff' },
    ],
    [
      'the machine, by a failed task',
      {
        v: 1,
        executionArn: 'arn:one',
        phase: 'stage',
        reason: '',
        next: 'hold',
        error: { Error: 'Crossfade.Fenced', Cause: 'c' },
      },
      { trigger: 'task', reason: 'Crossfade.Fenced: c' },
    ],
    [
      'the machine, by a function that failed: its sentence, without its stack trace',
      {
        v: 1,
        executionArn: 'arn:one',
        phase: 'preflight',
        reason: '',
        next: 'hold',
        error: {
          Error: 'Crossfade.Refused',
          Cause:
            '{"errorType":"Crossfade.Refused","errorMessage":"The cutover is refused.","trace":["at index.mjs:94"]}',
        },
      },
      { trigger: 'task', reason: 'Crossfade.Refused: The cutover is refused.' },
    ],
    [
      'an event that nobody can read: the safe direction needs no reason',
      { what: 'ever' },
      { trigger: 'operator', by: 'unknown caller' },
    ],
    ['no event at all', undefined, { trigger: 'operator', by: 'unknown caller' }],
  ])('is %s', (_name, event, expected) => {
    expect(parseRollbackEvent(event, NOW)).toMatchObject(expected);
  });

  it.each([alarmAction('OK'), alarmEvent('INSUFFICIENT_DATA'), executionEvent('SUCCEEDED'), executionEvent('RUNNING')])(
    'is not %j',
    (event) => {
      expect(parseRollbackEvent(event, NOW)).toBeNull();
    },
  );

  it('keeps as much of a reason as has room in the lease and in one message', () => {
    const Cause = JSON.stringify({ errorMessage: '😀'.repeat(10_000) });
    const event = {
      v: 1,
      executionArn: 'arn:one',
      phase: 'stage',
      reason: '',
      next: 'hold',
      error: { Error: 'E', Cause },
    };
    const reason = parseRollbackEvent(event, NOW)?.reason ?? '';
    expect(reason.length).toBeLessThanOrEqual(2_000);
    expect(reason).toMatch(/^E: (😀)+…$/u);
  });
});
