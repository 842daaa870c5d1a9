import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOpening, pauseAtInstant } from '../../../core/campaign/index.ts';
import { wallClock } from '../../../lambdas/zones/index.ts';

const BERLIN = 'Europe/Berlin';
const night = { name: 'night', from: '18:00', to: '08:00', timeZone: BERLIN };
const weekend = {
  name: 'weekend',
  days: ['sat' as const, 'sun' as const],
  from: '00:00',
  to: '24:00',
  timeZone: BERLIN,
};
const freeze = { name: 'freeze', from: '2026-12-19T00:00', to: '2027-01-04T00:00', timeZone: BERLIN };
const at = (iso: string) => Date.parse(iso);
const open = (pause: { recurring?: object[]; freezes?: object[] }, iso: string) =>
  pauseAtInstant({ recurring: [], freezes: [], ...pause } as never, at(iso), wallClock)?.name ?? null;

describe('a pause window', () => {
  it('of a night is open from its evening to its morning, by the wall clock of its zone', () => {
    expect(open({ recurring: [night] }, '2026-11-26T16:59Z')).toBeNull();
    expect(open({ recurring: [night] }, '2026-11-26T17:00Z')).toBe('night');
    expect(open({ recurring: [night] }, '2026-11-27T06:59Z')).toBe('night');
    expect(open({ recurring: [night] }, '2026-11-27T07:00Z')).toBeNull();
    // In summer the same local time is an hour earlier in UTC.
    expect(open({ recurring: [night] }, '2026-07-01T16:00Z')).toBe('night');
  });

  it('that begins on some days goes on into the next one', () => {
    const friday = { ...night, days: ['fri' as const] };
    expect(open({ recurring: [friday] }, '2026-11-28T05:00Z')).toBe('night');
    expect(open({ recurring: [friday] }, '2026-11-29T05:00Z')).toBeNull();
  });

  it('of a whole day ends with the day', () => {
    expect(open({ recurring: [weekend] }, '2026-11-27T23:00Z')).toBe('weekend');
    expect(open({ recurring: [weekend] }, '2026-11-29T22:59Z')).toBe('weekend');
    expect(open({ recurring: [weekend] }, '2026-11-29T23:00Z')).toBeNull();
  });

  it('of a freeze is open once', () => {
    expect(open({ freezes: [freeze] }, '2026-12-18T22:59Z')).toBeNull();
    expect(open({ freezes: [freeze] }, '2026-12-18T23:00Z')).toBe('freeze');
    expect(open({ freezes: [freeze] }, '2027-01-03T23:00Z')).toBeNull();
  });
});

describe('the next opening', () => {
  const pause = { recurring: [night, weekend], freezes: [freeze] };

  it('is now where nothing is open', () => {
    expect(nextOpening(pause, at('2026-11-26T12:00Z'), wallClock)).toBe(at('2026-11-26T12:00Z'));
  });

  it('passes over windows that follow each other', () => {
    expect(nextOpening(pause, at('2026-11-27T18:00Z'), wallClock)).toBe(at('2026-11-30T07:00Z'));
    expect(nextOpening(pause, at('2026-12-18T20:00Z'), wallClock)).toBe(at('2027-01-04T07:00Z'));
  });

  it('is the minute at which the wall clock says so, also when clocks are changed in the window', () => {
    expect(nextOpening({ recurring: [night], freezes: [] }, at('2026-10-24T20:00Z'), wallClock)).toBe(
      at('2026-10-25T07:00Z'),
    );
    expect(nextOpening({ recurring: [night], freezes: [] }, at('2026-03-28T20:00Z'), wallClock)).toBe(
      at('2026-03-29T06:00Z'),
    );
  });

  it('never comes where windows leave nothing of the week', () => {
    const rest = { ...night, name: 'day', from: '08:00', to: '18:00' };
    expect(nextOpening({ recurring: [night, rest], freezes: [] }, at('2026-11-26T12:00Z'), wallClock)).toBeNull();
  });

  it('is open, and the minute before it is not', () => {
    const time = fc
      .integer({ min: 0, max: 1439 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    const zone = fc.constantFrom(BERLIN, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
    const windows = fc.array(fc.record({ name: fc.constant('w'), from: time, to: time, timeZone: zone }), {
      minLength: 1,
      maxLength: 3,
    });
    const instants = fc.integer({ min: 0, max: 525_600 }).map((minutes) => at('2026-01-01T00:00Z') + minutes * 60_000);
    fc.assert(
      fc.property(windows, instants, (recurring, from) => {
        const given = { recurring: recurring.filter((w) => w.from !== w.to), freezes: [] };
        const opens = nextOpening(given, from, wallClock);
        if (opens === null) return;
        expect(pauseAtInstant(given, opens, wallClock)).toBeNull();
        if (opens > from) expect(pauseAtInstant(given, opens - 60_000, wallClock)).not.toBeNull();
      }),
      { numRuns: 150 },
    );
  });
});
