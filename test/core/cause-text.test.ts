import { describe, expect, it } from 'vitest';
import { causeText } from '../../core/model/index.ts';

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
