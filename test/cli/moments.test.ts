/** A time within a run is read as the beginning of the run, in whatever notation it is written. */
import { describe, expect, it } from 'vitest';
import { momentsAligned } from '../../cli/compare/contract/session/moments.ts';

const BEGAN = Date.parse('2026-11-26T20:14:00.000Z');
const NOW = BEGAN + 5_000;

describe('a moment within a run', () => {
  it.each([
    ['"2026-11-26T20:14:02.123Z"', '"2026-11-26T20:14:00.000Z"'],
    ['{"a": 1795724042}', '{"a": 1795724040}'],
    ['{"a":1795724042.625,"b":2}', '{"a":1795724040.0,"b":2}'],
    ['[1795724042123]', '[1795724040000]'],
  ])('%s reads as its beginning', (text, aligned) => {
    expect(momentsAligned(text, BEGAN, NOW)).toBe(aligned);
  });

  it.each(['{"a":1795720000}', '{"a":1795725000}', '{"a":"1795724042"}', '{"a":11795724042}', '{"a":179572404}'])(
    '%s is none',
    (text) => {
      expect(momentsAligned(text, BEGAN, NOW)).toBe(text);
    },
  );
});
