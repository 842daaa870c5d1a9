import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScaledClock } from '../../../rehearsal/clock/clock.ts';
import { TaskTokens } from '../../../rehearsal/cloud/states/task-tokens.ts';

const never = new AbortController().signal;
let tokens: TaskTokens;
let token: string;
const submit = async (given: string) => {
  token = given;
};

beforeEach(() => {
  vi.useFakeTimers();
  tokens = new TaskTokens(new ScaledClock({ anchor: Date.now(), speed: 1_000 }));
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a token', () => {
  it('is lost without a heartbeat in time, and kept by each', async () => {
    const over = tokens.wait({ heartbeatSeconds: 100 }, submit, never).catch((e: unknown) => e);
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(99);
      tokens.heartbeat(token);
    }
    await vi.advanceTimersByTimeAsync(100);
    expect(await over).toMatchObject({ name: 'States.HeartbeatTimeout' });
    expect(() => tokens.heartbeat(token)).toThrow(expect.objectContaining({ name: 'TaskTimedOut' }));
  });

  it('is not kept by heartbeats past its time-out', async () => {
    const over = tokens.wait({ timeoutSeconds: 150, heartbeatSeconds: 100 }, submit, never).catch((e: unknown) => e);
    await vi.advanceTimersByTimeAsync(90);
    tokens.heartbeat(token);
    await vi.advanceTimersByTimeAsync(60);
    expect(await over).toMatchObject({ name: 'States.Timeout' });
  });

  it('outlives a time-out that no timer can hold', async () => {
    const over = tokens.wait({ timeoutSeconds: 365 * 86_400_000 }, submit, never);
    await vi.advanceTimersByTimeAsync(1_000);
    tokens.succeed(token, '"late"');
    expect(await over).toBe('late');
  });

  it('is refused an answer that is no JSON, and still waits', async () => {
    const over = tokens.wait({}, submit, never);
    await vi.advanceTimersByTimeAsync(0);
    expect(() => tokens.succeed(token, 'yes')).toThrow(expect.objectContaining({ name: 'InvalidOutput' }));
    tokens.succeed(token, 'true');
    expect(await over).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given up when the execution ends', async () => {
    const ending = new AbortController();
    const over = tokens
      .wait({ timeoutSeconds: 1_000, heartbeatSeconds: 100 }, submit, ending.signal)
      .catch((e: unknown) => e);
    await vi.advanceTimersByTimeAsync(10);
    ending.abort();
    expect(await over).toMatchObject({ name: 'States.Aborted' });
    expect(vi.getTimerCount()).toBe(0);
  });
});
