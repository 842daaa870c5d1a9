import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ObservedLeg } from '../../capture/leg.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const policy = { cap: 100, key: 'a-key-of-sixteen-bytes' };

describe('a leg’s timing', () => {
  it('runs from the request as a whole to the first and the last byte of the answer', () => {
    const leg = new ObservedLeg(policy);
    vi.advanceTimersByTime(1_000);
    leg.sent();
    vi.advanceTimersByTime(5);
    leg.head(200, []);
    vi.advanceTimersByTime(7);
    leg.chunk(Buffer.from('x'));
    expect(leg.answered()).toMatchObject({ firstByteMs: 5, totalMs: 12 });
  });

  it('leaves out the time for which the client did not take more', () => {
    const leg = new ObservedLeg(policy);
    leg.sent();
    vi.advanceTimersByTime(5);
    leg.head(200, []);
    leg.held();
    vi.advanceTimersByTime(60_000);
    leg.released();
    vi.advanceTimersByTime(3);
    leg.held();
    vi.advanceTimersByTime(1_000);
    expect(leg.answered()).toMatchObject({ firstByteMs: 5, totalMs: 8 });
  });

  it('is never negative when the answer begins before the request is complete', () => {
    const leg = new ObservedLeg(policy);
    leg.sent();
    leg.head(413, []);
    vi.advanceTimersByTime(5);
    leg.sent();
    expect(leg.answered()).toMatchObject({ firstByteMs: 0, totalMs: 0 });
  });
});
