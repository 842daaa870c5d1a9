import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { displayOn } from '../../cli/rehearse/display.ts';
import { liveScreen } from '../../cli/rehearse/live-screen.ts';
import { bareText, fitted, painted, styled, widthOf, wrapped } from '../../cli/rehearse/text-line.ts';
import type { Screen } from '../../cli/shared/terminal.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { PHASES } from '../../core/model/run-state.ts';
import { begunRehearsal, type RehearsalState } from '../../rehearsal/scenario/rehearsal-state.ts';
import { anyCharacter } from '../support/any-character.ts';

const BEGAN = Date.parse('2026-11-26T08:00:00.000Z');
const MINUTE = 60_000;
const plan = parsePlan({ stages: [10, 50, 100].map((percent) => ({ percent, bake: 'PT2M' })) });
const begun = begunRehearsal({ title: 'Clean cutover', plan, speed: 60, startedAt: BEGAN, fault: null });

const midway: RehearsalState = {
  ...begun,
  title: 'Cutover with a fault (errors=0.2@10)',
  at: BEGAN + 12 * MINUTE,
  place: { phase: 'stage', stage: 0, since: BEGAN + 11 * MINUTE },
  fault: { text: 'errors=0.2@10', at: BEGAN + 11 * MINUTE },
  shares: { stable: 0.9, candidate: 0.1 },
  sides: {
    stable: { requests: 540, failed: 0, rps: 9, p50: 1.2, p95: 3.4 },
    candidate: { requests: 60, failed: 12, rps: 1, p50: 1.1, p95: 3 },
  },
  evidence: [
    {
      metric: 'errors',
      worse: { value: Math.sqrt(2670), threshold: 2670 },
      within: { value: 0.1, threshold: 20 },
      margin: 0.01,
      candidateRate: 0.2,
      stableRate: 0,
    },
  ],
  decisions: [{ at: BEGAN + 11.5 * MINUTE, text: 'Candidate 10 %, verified.', tone: 'plain' }],
  alarms: { 'gateway-candidate-5xx-ratio': 'ALARM', 'gateway-no-traffic': 'OK' },
};

const drawn = (state: RehearsalState, columns = 100, rows = 40) => liveScreen(state, { columns, rows }).map(bareText);

describe('the live screen', () => {
  it('says where the run is, and what is left of it', () => {
    const [title, rail, stage] = drawn(midway);
    expect(title).toBe('Cutover with a fault (errors=0.2@10)  0:12:00 simulated  FAULT INJECTED');
    expect(rail).toBe('✓ baseline ✓ shadow ✓ exercise ▶ 10 % · 50 % · 100 % · soak · decommission');
    expect(stage).toBe('stage 10 %  0:01:00 left (simulated)');
  });

  it('has the cohort, where the plan has one, before its first stage', () => {
    const withCohort = { ...midway, plan: { ...parsePlan({ cohort: { bake: 'PT4M' } }), stages: plan.stages } };
    const place = { phase: 'stage', stage: -1, since: BEGAN + 11 * MINUTE } as const;
    const [, rail, stage] = drawn({ ...withCohort, place });
    expect(rail).toContain('✓ exercise ▶ cohort · 10 %');
    expect(stage).toBe('cohort  0:03:00 left (simulated)');
  });

  it('draws each side’s share, rate and errors, in simulated time; latencies, in real time, in lines of their own', () => {
    const lines = drawn(midway);
    expect(lines.find((line) => line.startsWith('stable'))).toMatch(/^stable {5}█{36}░{4} +90 % +9\.0 +0\.00 %$/);
    expect(lines.find((line) => line.startsWith('candidate'))).toMatch(
      /^candidate {2}█{4}░{36} +10 % +1\.0 +20\.00 %$/,
    );
    expect(lines.filter((line) => / simulated /.test(line) && / real /.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('candidate')).at(-1)).toMatch(/1\.1 ms +3\.0 ms$/);
  });

  it('fills a gauge by the logarithm of the evidence, and names what it leads to', () => {
    expect(drawn(midway)).toContain(
      `errors     ${'█'.repeat(12)}${'░'.repeat(12)} rolls back  ${'░'.repeat(24)} advances`,
    );
    expect(drawn(midway)).toContain('           candidate 20.00 %, stable 0.00 %, margin 1.00 %');
  });

  it('names the alarms that are red, and the newest decisions', () => {
    expect(drawn(midway)).toContain('Alarms: 1 of 2 in ALARM: gateway-candidate-5xx-ratio');
    expect(drawn(midway).at(-1)).toBe('0:11:30  Candidate 10 %, verified.');
  });

  it('says that it waits for evidence once the bake is over', () => {
    expect(drawn({ ...midway, at: BEGAN + 14 * MINUTE })[2]).toBe('stage 10 %  its time is over; waiting for evidence');
  });

  it('says that it was rolled back', () => {
    expect(drawn({ ...midway, ended: 'rolled back' })[1]).toBe('◀ ROLLED BACK to stable');
  });

  it('shows the place alone where the rail has no room', () => {
    expect(drawn(midway, 40)[1]).toBe('▶ 10 %  4 of 8');
    expect(drawn({ ...midway, ended: 'completed' }, 40)[1]).toBe('✓ complete');
  });

  it('keeps what is weightiest where rows are few', () => {
    expect(drawn(midway, 80, 3)).toHaveLength(3);
    expect(drawn(midway, 80, 8).some((line) => line.startsWith('candidate'))).toBe(true);
  });

  const world = fc.string({ unit: anyCharacter, maxLength: 60 });
  const states = fc.record({
    title: world,
    at: fc.integer({ min: BEGAN, max: BEGAN + 200 * MINUTE }),
    place: fc.record({
      phase: fc.constantFrom(...PHASES),
      stage: fc.integer({ min: -1, max: 3 }),
      since: fc.constant(BEGAN),
    }),
    shares: fc.dictionary(
      fc.constantFrom('stable', 'candidate', 'mirrorForward'),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    evidence: fc.array(
      fc.record({
        metric: world,
        worse: fc.record({ value: fc.double(), threshold: fc.double({ min: 1, noNaN: true }) }),
        within: fc.record({ value: fc.double(), threshold: fc.double({ min: 1, noNaN: true }) }),
        margin: fc.double({ min: 0, max: 1, noNaN: true }),
        candidateRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        stableRate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { maxLength: 5 },
    ),
    decisions: fc.array(
      fc.record({ at: fc.constant(BEGAN), text: world, tone: fc.constantFrom('good', 'bad', 'plain') }),
      {
        maxLength: 10,
      },
    ),
    alarms: fc.dictionary(world, fc.constantFrom('OK', 'ALARM', 'INSUFFICIENT_DATA')),
    ended: fc.constantFrom('completed', 'rolled back', 'failed', null),
  } as const);

  it('fits any terminal, whatever the world says, and prints no character that steers it', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 250 }), fc.integer({ min: 1, max: 70 }), (over, columns, rows) => {
        const lines = drawn({ ...midway, ...over }, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });
});

describe('lines of a terminal', () => {
  it('count wide characters twice, and marks not at all', () => {
    expect(['abc', '漢字', '🚀', 'e\u0301', '✓'].map(widthOf)).toEqual([3, 4, 2, 1, 1]);
  });

  it('are cut where they must be, between characters', () => {
    expect(bareText(fitted([styled('ab'), styled('漢字')], 5))).toBe('ab漢…');
    expect(bareText(fitted([styled('abc')], 3))).toBe('abc');
    expect(bareText(fitted([styled('abc')], 0))).toBe('');
  });

  it('are wrapped without losing a word', () => {
    expect(wrapped('one two three', 8, 2)).toEqual(['one two', '  three']);
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 30 })),
        fc.integer({ min: 2, max: 60 }),
        (words, columns) => {
          const text = words.join(' ');
          const lines = wrapped(text, columns, 2);
          expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
          expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
        },
      ),
    );
  });

  it('have colours only where they are shown', () => {
    expect(painted([styled('a', 'red')], false)).toBe('a');
    expect(painted([styled('a', 'red')], true)).toBe('\x1b[31ma\x1b[39m');
  });
});

/** A terminal in memory whose size may change. */
function terminal(size: { columns: number | null; rows: number | null }) {
  const written: string[] = [];
  const screen: Screen = {
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
    coloured: false,
    write: (text) => void written.push(text),
  };
  return { screen, written };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('progress in a terminal', () => {
  it('hides the cursor in a buffer of its own, redraws in place, and gives both back', () => {
    const { screen, written } = terminal({ columns: 80, rows: 24 });
    const display = displayOn(screen, {}, new AbortController().signal);
    const progress = display.begin('Clean cutover');
    progress.state(midway);
    progress.state({ ...midway, at: BEGAN + 12.5 * MINUTE });
    vi.advanceTimersByTime(250);
    display.close();
    display.close();
    expect(written[0]).toBe('\x1b[?1049h\x1b[?25l');
    expect(written.slice(1, -1).every((text) => text.startsWith('\x1b[1;1H') && !text.includes('\n'))).toBe(true);
    expect(written.slice(1, -1)).toHaveLength(2);
    expect(written.at(-1)).toBe('\x1b[?25h\x1b[?1049l');
  });

  it('gives the terminal back at once when it is interrupted, and writes nothing after', () => {
    const { screen, written } = terminal({ columns: 80, rows: 24 });
    const interruption = new AbortController();
    const display = displayOn(screen, {}, interruption.signal);
    const progress = display.begin('Clean cutover');
    progress.state(midway);
    interruption.abort();
    progress.state(begun);
    vi.advanceTimersByTime(1_000);
    display.close();
    expect(written.filter((text) => text.includes('\x1b[?25h'))).toHaveLength(1);
    expect(written.at(-1)).toBe('\x1b[?25h\x1b[?1049l');
  });

  it('writes nothing either when it is interrupted before anything is known', () => {
    const { screen, written } = terminal({ columns: 80, rows: 24 });
    const interruption = new AbortController();
    const display = displayOn(screen, {}, interruption.signal);
    const progress = display.begin('Clean cutover');
    interruption.abort();
    progress.state(midway);
    display.close();
    expect(written).toEqual(['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l']);
  });

  it('follows a change of its size, and is quiet while nothing changes', () => {
    const size = { columns: 120, rows: 40 };
    const { screen, written } = terminal(size);
    const display = displayOn(screen, {}, new AbortController().signal);
    const progress = display.begin('Clean cutover');
    progress.state(midway);
    const before = written.length;
    vi.advanceTimersByTime(1_000);
    expect(written).toHaveLength(before);
    Object.assign(size, { columns: 30, rows: 10 });
    vi.advanceTimersByTime(250);
    display.close();
    // Each line is drawn at the start of its own row.
    const lines = (written.at(-2) ?? '').split('\x1b[2K').map((text) => widthOf(stripVTControlCharacters(text)));
    expect(Math.max(...lines)).toBeLessThanOrEqual(30);
    expect(lines.length).toBeLessThanOrEqual(11);
  });

  it.each([
    ['a pipe', { columns: null, rows: null }, {}],
    ['CI', { columns: 80, rows: 24 }, { CI: 'true' }],
    ['a terminal that cannot move its cursor', { columns: 80, rows: 24 }, { TERM: 'dumb' }],
  ])('is plain lines in %s', (_where, size, environment) => {
    const { screen, written } = terminal(size);
    const display = displayOn(screen, environment, new AbortController().signal);
    const progress = display.begin('Clean cutover');
    progress.state(midway);
    progress.note(BEGAN, `Fault injected: ${'x'.repeat(200)}\x1b[2J`);
    progress.done();
    display.close();
    expect(written).toHaveLength(3);
    expect(written.slice(0, 2)).toEqual(['\n', '== Clean cutover ==\n']);
    if (size.columns === null) return expect(written[2]).toMatch(/^0:00:00 {2}Fault injected: x{200}\ufffd\[2J\n$/);
    expect(written[2]).toMatch(/^0:00:00 {2}Fault injected: x+…\n$/);
    expect(widthOf(written[2]?.trimEnd() ?? '')).toBe(size.columns);
  });

  it('tells a failure that repeats once', () => {
    const { screen, written } = terminal({ columns: null, rows: null });
    const display = displayOn(screen, {}, new AbortController().signal);
    const progress = display.begin('Clean cutover');
    const failed = { type: 'invocation-failed', at: BEGAN, functionName: 'watchdog', error: 'GetItem failed' } as const;
    for (let i = 0; i < 5; i++) progress.event(BEGAN + i, failed);
    expect(written.slice(2)).toEqual(['0:00:00    watchdog failed: GetItem failed\n']);
  });

  it('does not mix rehearsals that run at once: plain lines of the second come after the first', () => {
    const { screen, written } = terminal({ columns: null, rows: null });
    const display = displayOn(screen, {}, new AbortController().signal);
    const clean = display.begin('Clean cutover');
    const faulty = display.begin('Cutover with a fault');
    faulty.note(BEGAN, 'one');
    clean.note(BEGAN, 'two');
    faulty.note(BEGAN + MINUTE, 'three');
    clean.done();
    faulty.note(BEGAN + 2 * MINUTE, 'four');
    faulty.done();
    expect(written.join('')).toBe(
      [
        '',
        '== Clean cutover ==',
        '0:00:00  two',
        '',
        '== Cutover with a fault, at the same time ==',
        '0:00:00  one',
        '0:01:00  three',
        '0:02:00  four',
        '',
      ].join('\n'),
    );
  });

  it('shows whole the one with the fault until it is over, and where the other is in a line', () => {
    const { screen, written } = terminal({ columns: 120, rows: 40 });
    const display = displayOn(screen, {}, new AbortController().signal);
    const clean = display.begin('Clean cutover');
    const faulty = display.begin('Cutover with a fault');
    const frame = () => stripVTControlCharacters((written.at(-1) ?? '').replaceAll('\x1b[2K', '\n')).split('\n');
    clean.state({ ...begun, place: { phase: 'stage', stage: 1, since: BEGAN } });
    faulty.state(midway);
    vi.advanceTimersByTime(250);
    expect(frame()[1]).toMatch(/^Cutover with a fault \(errors=0\.2@10\)/);
    expect(frame()).toContain('Beside: Clean cutover  ▶ 50 %  5 of 8');
    faulty.state({ ...midway, ended: 'rolled back' });
    faulty.done();
    vi.advanceTimersByTime(250);
    expect(frame()[1]).toMatch(/^Clean cutover/);
    expect(frame()).toContain('Beside: Cutover with a fault (errors=0.2@10)  ◀ ROLLED BACK to stable');
    display.close();
  });
});
