import { describe, expect, it } from 'vitest';
import { describeRollback } from '../../core/fence/index.ts';
import { CrossfadeError, causeText } from '../../core/model/index.ts';
import { lease } from '../support/ledger-item.ts';

describe("an execution's cause for people", () => {
  it.each([
    [
      "is a failed function's message, without its type and stack",
      '{"errorType":"Crossfade.Refused","errorMessage":"The cutover is refused.","trace":["at index.mjs:94"]}',
      'The cutover is refused.',
    ],
    ['is the text itself where nothing failed so', 'stopped by alice', 'stopped by alice'],
    ['is the text itself where the JSON says no message', '{"reason":"x"}', '{"reason":"x"}'],
    ['is the text itself where the message is empty', '{"errorMessage":""}', '{"errorMessage":""}'],
    ['is nothing where there is none', '', ''],
  ])('%s', (_, cause, expected) => {
    expect(causeText(cause)).toBe(expected);
  });
});

describe('what a rollback says of trouble on its way', () => {
  const request = { trigger: 'operator', by: 'ada', reason: 'a bad build', at: '2026-11-24T08:00:00.000Z' } as const;
  const trouble = new CrossfadeError('Crossfade.Transient', 'DescribeServices failed.', {
    traffic: 'unknown until the weights are read again.',
    nextStep: 'nothing.',
    cause: new Error('socket hang up'),
  });

  it('says nothing of traffic but that it is on stable', () => {
    const done = {
      outcome: 'rolled_back',
      ledger: 'written',
      item: lease({}),
      gone: [],
      first: true,
      trouble,
    } as const;
    const text = describeRollback(done, request);
    expect(text).toMatch(/^All traffic is on stable/);
    expect(text).toMatch(/Trouble: DescribeServices failed \(cause: Error: socket hang up\)\.$/);
    expect(text).not.toContain('Traffic:');
  });

  it('tells whoever asks again since when, and why', () => {
    const began = {
      trigger: 'alarm',
      by: 'gateway-red',
      reason: 'red',
      requestedAt: '2026-11-24T08:10:00.000Z',
    } as const;
    const confirmedAt = '2026-11-24T08:10:05.000Z';
    const rollback = { ...began, confirmedAt, verifiedAt: null, capacityRestoredAt: null, owed: [] };
    const item = lease({ rollback });
    const again = { outcome: 'rolled_back', ledger: 'written', item, gone: [], first: false } as const;
    expect(describeRollback(again, { ...request, trigger: 'operator', by: 'bob' })).toBe(
      'All traffic is on stable, and has been since 08:10:05Z (alarm gateway-red: red).',
    );
  });
});
