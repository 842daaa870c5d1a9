import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCEPTANCE_STEPS,
  type Acceptance,
  acceptanceSchema,
  acceptanceText,
  begun,
  CLAIMS,
  nextAction,
  outcomeOf,
  removed,
  taken,
} from '../../core/acceptance/index.ts';

const AT = '2026-11-26T03:00:00.000Z';
const fresh = () => begun({ id: 'accept-1', crossfade: '0.1.0', where: 'here', startedAt: AT, costUsd: 1 });
const took = (acceptance: Acceptance, step: (typeof ACCEPTANCE_STEPS)[number], failure: string | null = null) =>
  taken(
    acceptance,
    { step, at: AT, seconds: 1, failure },
    failure === null
      ? Object.fromEntries(
          Object.entries(CLAIMS).flatMap(([id, claim]) =>
            claim.step === step ? [[id, { seen: true, detail: 'so' }]] : [],
          ),
        )
      : {},
  );

describe('an acceptance', () => {
  it('takes its steps in order, removes what it made, and is accepted', () => {
    let acceptance = fresh();
    for (const step of ACCEPTANCE_STEPS) {
      expect(nextAction(acceptance)).toEqual({ do: 'take', step });
      acceptance = took(acceptance, step);
    }
    expect(nextAction(acceptance)).toEqual({ do: 'remove' });
    expect(outcomeOf(acceptance)).toBe('unfinished');
    acceptance = removed(acceptance, AT, []);
    expect(nextAction(acceptance)).toEqual({ do: 'report' });
    expect(outcomeOf(acceptance)).toBe('accepted');
  });

  it('is not accepted while something is left, or a claim was refuted', () => {
    const whole = ACCEPTANCE_STEPS.reduce((acceptance, step) => took(acceptance, step), fresh());
    expect(outcomeOf(removed(whole, AT, ['AWS::S3::Bucket b']))).toBe('refuted');
    const refuted = { ...whole, findings: { ...whole.findings, notice: { seen: false, detail: 'no message' } } };
    expect(outcomeOf(removed(refuted, AT, []))).toBe('refuted');
  });

  it('after any history, reports only once it has removed, and takes no step after a failure or an interruption', () => {
    const event = fc.oneof(fc.constant('done'), fc.constant('failed'), fc.constant('interrupted'));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let acceptance = fresh();
        let broken = false;
        for (const what of events) {
          const action = nextAction(acceptance);
          if (action.do !== 'take') break;
          expect(broken).toBe(false);
          broken = what !== 'done';
          acceptance =
            what === 'interrupted'
              ? { ...acceptance, interrupted: true }
              : took(acceptance, action.step, what === 'failed' ? 'no' : null);
        }
        const action = nextAction(acceptance);
        if (broken) expect(action).toEqual({ do: 'remove' });
        expect(action.do).not.toBe('report');
        expect(nextAction(removed(acceptance, AT, []))).toEqual({ do: 'report' });
      }),
    );
  });

  it('goes on where its file ends: what was taken is not taken again', () => {
    const half = took(took(fresh(), 'deploy'), 'doctor');
    const read = acceptanceSchema.parse(JSON.parse(JSON.stringify(half)));
    expect(nextAction(read)).toEqual({ do: 'take', step: 'drill' });
  });

  it('says of every claim whether it was seen, refuted or is unknown', () => {
    const text = acceptanceText(removed(took(fresh(), 'deploy', 'CREATE_FAILED | a quota'), AT, ['AWS::KMS::Key k']));
    for (const { text: claim } of Object.values(CLAIMS)) expect(text).toContain(claim);
    expect(text).toContain('| unknown |');
    expect(text).toContain('CREATE_FAILED \\| a quota');
    expect(text).toContain('left: AWS::KMS::Key k');
  });
});
