import { describe, expect, it } from 'vitest';
import { cutoverIdSchema, ingressIdSchema } from '../../core/model/ids.ts';
import type { LocalExecution } from '../../rehearsal/cloud/states/execution.ts';
import { History } from '../../rehearsal/cloud/states/history.ts';
import { Recorder } from '../../rehearsal/scenario/recorder.ts';
import { lease } from '../support/ledger-item.ts';

const BEGAN = Date.parse('2026-11-24T08:00:00.000Z');
/** The rollback was verified ten virtual minutes after the start, which is ten real seconds. */
const MINUTE_MS = 60_000;
const VERIFIED = new Date(BEGAN + 10 * MINUTE_MS).toISOString();
const RETURNED = {
  trigger: 'alarm',
  reason: 'r',
  by: 'b',
  requestedAt: VERIFIED,
  confirmedAt: VERIFIED,
  verifiedAt: VERIFIED,
  capacityRestoredAt: null,
  owed: [],
} as const;

const ENDING = {
  title: 'crash',
  ingressId: ingressIdSchema.parse('gateway'),
  cutoverId: cutoverIdSchema.parse('first'),
  startedAt: BEGAN,
  endedAt: BEGAN + 700_000,
  speed: 60,
  candidate: 'gateway',
  log: [],
  lease: null,
  execution: null,
  chaos: [],
  survivable: false,
};

const REFUSED: LocalExecution = {
  arn: 'arn:one',
  name: 'first',
  input: {},
  startedAt: BEGAN,
  history: new History(() => BEGAN),
  status: 'FAILED',
  stoppedAt: BEGAN,
  error: 'Crossfade.Refused',
  cause: '{"errorType":"Crossfade.Refused","errorMessage":"The cutover is refused.","trace":["at index.mjs:94"]}',
  output: null,
};

/**
 * Counts the failures after the verified rollback, 10 minutes after the start. All failures are reported in one
 * tick; their requests were sent at these instants.
 */
function failedAfterReturn(failedSentAt: number[]): number {
  const recorder = new Recorder();
  const side = { ok: 0, failed: failedSentAt.length, failedSentAt, latencies: [] };
  recorder.tick({ at: BEGAN + 9.9 * MINUTE_MS, sent: 3, waitedMs: 0, sides: { unknown: side } });
  const owner = lease({ status: 'rolled_back', rollback: RETURNED });
  const { requests } = recorder.evidence({ ...ENDING, fault: { text: 'crash@10', at: BEGAN }, lease: owner });
  return requests.failedAfterReturn;
}

describe('failures after a verified return', () => {
  it('are those of requests sent after it, each by itself', () => {
    expect(failedAfterReturn([9.95, 10.1, 10.101].map((minutes) => BEGAN + minutes * MINUTE_MS))).toBe(2);
  });

  it('are not those sent before it, however late they are answered or heard of', () => {
    expect(failedAfterReturn([BEGAN + 9.95 * MINUTE_MS])).toBe(0);
  });
});

describe('a mirror that dies in the soak', () => {
  const fault = { text: 'mirror-crash@soak', at: BEGAN + 100 };
  const completed = { ...REFUSED, status: 'SUCCEEDED', error: null, cause: null } as const;
  /** Returns the verdict on the run, with one failed request sent at each of these instants. */
  function verdictOn(failedSentAt: number[], execution: LocalExecution, closedAt: number | null) {
    const recorder = new Recorder();
    recorder.weights(BEGAN, { candidate: 0.95, mirrorReverse: 0.05 });
    if (closedAt !== null) recorder.weights(closedAt, { candidate: 1, mirrorReverse: 0 });
    const side = { ok: 0, failed: failedSentAt.length, failedSentAt, latencies: [] };
    recorder.tick({ at: BEGAN, sent: 100, waitedMs: 0, sides: { unknown: side } });
    return recorder.evidence({ ...ENDING, survivable: true, fault, execution }).verdict;
  }

  it('is closed, and the cutover completes without it', () => {
    expect(verdictOn([BEGAN + 150], completed, BEGAN + 200)).toEqual({
      ok: true,
      sentence:
        'The mirror died and was closed; the cutover completed without it. 1 of 100 client requests failed, none after the mirror was closed.',
    });
  });

  it.each([
    ['a mirror that is left open', [], completed, null, 'The mirror died and was not closed.'],
    [
      'a request that fails after it was closed',
      [BEGAN + 201],
      completed,
      BEGAN + 200,
      '1 client request failed after the mirror was closed.',
    ],
    [
      'a cutover that does not complete',
      [],
      REFUSED,
      BEGAN + 200,
      'The cutover did not complete without its mirror: FAILED Crossfade.Refused The cutover is refused.',
    ],
  ])('is not as expected with %s', (_name, failedSentAt, execution, closedAt, sentence) => {
    expect(verdictOn(failedSentAt, execution, closedAt)).toEqual({ ok: false, sentence });
  });
});

describe('a clean cutover that was refused', () => {
  it('says why, without the stack of the function', () => {
    const recorder = new Recorder();
    const { verdict } = recorder.evidence({ ...ENDING, fault: null, execution: REFUSED });
    expect(verdict).toEqual({
      ok: false,
      sentence: 'The clean cutover did not complete: FAILED Crossfade.Refused The cutover is refused.',
    });
  });
});

describe('a clean cutover that was rolled back', () => {
  it('names what pulled the trigger', () => {
    const recorder = new Recorder();
    const owner = lease({ status: 'rolled_back', rollback: { ...RETURNED, by: 'gateway-parity-mismatch' } });
    const { verdict } = recorder.evidence({ ...ENDING, fault: null, lease: owner, execution: REFUSED });
    expect(verdict).toEqual({
      ok: false,
      sentence: 'The clean cutover was rolled back, triggered by alarm gateway-parity-mismatch.',
    });
  });
});
