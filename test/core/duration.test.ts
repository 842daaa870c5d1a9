import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, spokenDuration } from '../../core/model/time.ts';

describe('durations', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seconds) => parseDuration(formatDuration(seconds)) === seconds),
    );
  });

  it('are the same as people say them', () => {
    const written = (text: string) => {
      const [, days, time = ''] = /^(?:(\d+ d) ?)?(.*)$/.exec(text) ?? [];
      return `P${days ?? ''}${time === '' ? '' : `T${time.replace('min', 'm')}`}`.replaceAll(' ', '').toUpperCase();
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        (seconds) => parseDuration(written(spokenDuration(seconds))) === seconds,
      ),
    );
    expect([0, 900, 364_500, 4_693].map(spokenDuration)).toEqual([
      '0 min',
      '15 min',
      '4 d 5 h 15 min',
      '1 h 18 min 13 s',
    ]);
  });

  it.each([
    ['PT1H', 3600],
    ['P2D', 172_800],
    ['P1W', 604_800],
    ['P1DT2H3M4S', 93_784],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', 'P', 'PT', 'P1DT', '1h', 'P1M', 'P1Y', 'PT1.5H', '-PT1H'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
