import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepRun } from '../../rehearsal/chaos/sweep-run.ts';
import { Chaos, parseChaos } from '../../rehearsal/scenario/aws-faults.ts';
import { type Synthesis, synthesise } from '../../rehearsal/scenario/synth.ts';

describe('a fault on AWS calls', () => {
  it('is written as service.operation=fault@state', () => {
    expect(parseChaos('dynamodb.*=lose-answer@Watch stage')).toMatchObject({
      service: 'dynamodb',
      operation: '*',
      fault: 'lose-answer',
      during: 'Watch stage',
    });
    expect(parseChaos('*.*=throttle').during).toBeNull();
  });

  it.each(['', 'ModifyRule=throttle', 'sns.Publish=explode', 'sns.Publish'])(
    'is refused, with the syntax, when it is "%s"',
    (text) => {
      expect(() => parseChaos(text)).toThrow(/service\.operation=fault@state/);
    },
  );

  it('meets its call during its state only', () => {
    const chaos = new Chaos([parseChaos('sns.Publish=throttle@Shift')]);
    const enter = (state: string) => chaos.see({ type: 'state', state, execution: {} as never, input: {}, at: 0 });
    enter('Shift');
    expect(chaos.intercept('sns', 'Publish', 1)).toBe('throttle');
    expect(chaos.intercept('dynamodb', 'GetItem', 1)).toBeNull();
    enter('Stage interval');
    expect(chaos.intercept('sns', 'Publish', 2)).toBe('throttle');
    enter('Watch stage');
    expect(chaos.intercept('sns', 'Publish', 3)).toBeNull();
  });
});

describe('a cutover whose AWS calls fail', { timeout: 60_000 }, () => {
  let synthesis: Synthesis;
  beforeAll(async () => {
    synthesis = await synthesise();
  });
  afterAll(() => synthesis.dispose());

  // A few that hurt most; `.ci/run` sweeps a sample of all calls and faults.
  it.each([
    ['elasticloadbalancing.ModifyRule=lose-answer@Shift', false, ['rolled back']],
    ['dynamodb.UpdateItem=garbage@Rollback', true, ['rolled back']],
    ['elasticloadbalancing.DescribeTargetHealth=throttle@Preflight', false, ['refused']],
    ['sns.Publish=fail', false, ['completed', 'rolled back']],
  ])('%s: ends safe, and somebody knows', async (text, redAlarm, outcomes) => {
    const { signal } = new AbortController();
    const result = await sweepRun([parseChaos(text)], { assembly: synthesis.assembly, speed: 240, redAlarm, signal });
    expect(result.injected).toBeGreaterThan(0);
    expect(result).toMatchObject({ safe: true, reported: true });
    expect(outcomes).toContain(result.outcome);
  });
});
