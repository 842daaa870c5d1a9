/** Checks simulated time where its speed changes, and what slows it down. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockReader, ScaledClock } from '../../rehearsal/clock/clock.ts';
import { Pacemaker } from '../../rehearsal/machine/pacemaker.ts';

const MINUTE_MS = 60_000;
const SPEED = 60;
let clock: ScaledClock;
const simulated = () => clock.now() - clock.anchor;

beforeEach(() => {
  vi.useFakeTimers();
  clock = new ScaledClock({ anchor: Date.now(), speed: SPEED });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a clock', () => {
  it('keeps its timers to simulated time, slowed down and hurried', () => {
    const [ticks, alarms]: number[][] = [[], []];
    const stop = clock.every(MINUTE_MS, () => ticks?.push(simulated()));
    clock.after(5 * MINUTE_MS, () => alarms?.push(simulated()));
    vi.advanceTimersByTime(1_000);
    clock.run(6, Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(10_000);
    clock.run(SPEED, Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(3_000);
    expect([ticks, alarms]).toEqual([[1, 2, 3, 4, 5].map((minutes) => minutes * MINUTE_MS), [5 * MINUTE_MS]]);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stands still once it has run for as long as was granted, in every thread', () => {
    const elsewhere = clockReader(clock.source);
    clock.run(SPEED, 100);
    vi.setSystemTime(Date.now() + 10_000);
    expect(simulated()).toBe(100 * SPEED);
    expect(elsewhere()).toBe(clock.now());
    clock.run(1, 100);
    vi.setSystemTime(Date.now() + 50);
    expect(simulated()).toBe(100 * SPEED + 50);
    expect(elsewhere()).toBe(clock.now());
  });

  it('wakes nobody who was told to stop waiting', async () => {
    const ending = new AbortController();
    const sleeping = clock.sleep(MINUTE_MS, ending.signal).catch((error: unknown) => error);
    ending.abort();
    expect(await sleeping).toMatchObject({ name: 'AbortError' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a pacemaker', () => {
  let idle = 0;
  let longestMs = 0;
  let slow: number[];
  let pacemaker: Pacemaker;
  beforeEach(() => {
    [idle, longestMs, slow] = [0, 0, []];
    pacemaker = new Pacemaker({
      clock,
      speed: SPEED,
      longestMs: () => longestMs,
      idleMs: () => [idle],
      onSlow: (speed) => slow.push(speed),
    });
  });
  afterEach(() => pacemaker.stop());

  /** @param each share of the time for which customers wait, and share in which the processor is idle */
  function pass(seconds: number, { waited = 0, spare = 0 } = {}): void {
    for (let i = 0; i < seconds * 10; i++) {
      pacemaker.customersWaited(waited * 100);
      idle += spare * 100;
      vi.advanceTimersByTime(100);
    }
  }

  it('leaves time alone on a machine that can follow', () => {
    pass(10, { waited: 0.1 });
    expect(simulated()).toBe(10_000 * SPEED);
    expect(slow).toEqual([]);
  });

  it('slows time down for customers whom a busy machine lets wait, says so, and hurries afterwards', () => {
    pass(5, { waited: 0.8 });
    expect(clock.line.speed).toBeLessThan(SPEED / 10);
    expect(slow).toHaveLength(1);
    pass(300, { waited: 1 });
    expect(clock.line.speed).toBe(2);
    expect(slow.length).toBeLessThan(12);
    pass(20);
    expect(clock.line.speed).toBe(SPEED);
  });

  it('does not wait for services that are slow by themselves, while the machine is idle', () => {
    pass(10, { waited: 1, spare: 0.5 });
    expect(clock.line.speed).toBe(SPEED);
  });

  it('lets a handler at work have the time that it has in AWS', () => {
    longestMs = 400;
    pass(0.2);
    const before = simulated();
    pass(0.2);
    expect(simulated() - before).toBe(200);
    longestMs = 0;
    pass(5);
    expect(clock.line.speed).toBe(SPEED);
  });

  it('stops time for a process that gets no CPU', () => {
    const before = simulated();
    vi.setSystemTime(Date.now() + 60_000);
    expect(simulated() - before).toBe(300 * SPEED);
  });
});
