import { describe, expect, it } from 'vitest';
import { Chaos, parseChaos } from '../../rehearsal/scenario/aws-faults.ts';

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

  it('meets a call of the rollback that an alarm begins by itself, whatever state the machine is in', () => {
    const chaos = new Chaos([parseChaos('sns.Publish=throttle@Rollback')]);
    const enter = (state: string) => chaos.see({ type: 'state', state, execution: {} as never, input: {}, at: 0 });
    enter('Watch stage');
    expect(chaos.intercept('sns', 'Publish', 1)).toBeNull();
    chaos.goBack();
    enter('Watch stage');
    expect(chaos.intercept('sns', 'Publish', 2)).toBe('throttle');
    enter('Rollback');
    expect(chaos.intercept('sns', 'Publish', 3)).toBe('throttle');
    enter('Verify rollback');
    expect(chaos.intercept('sns', 'Publish', 4)).toBeNull();
  });

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
