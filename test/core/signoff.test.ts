import { describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import type { ApprovalRequest } from '../../core/model/ports.ts';
import { agree, approvalProblem, approversOf, closedSignoff, signoffRules } from '../../core/phases/signoff.ts';
import { MemoryWorld, START } from '../support/memory-world.ts';
import { begun, PLAN } from '../support/run.ts';

const POLICY = { ...PLAN.signoff, approvers: 1 };
const TWO = { ...POLICY, approvers: 2 };
const [ADA, BOB, EVE] = ['arn:ada', 'arn:bob', 'arn:eve'] as const;
const AT = new Date(START).toISOString();

const asked: ApprovalRequest = {
  cutoverId: cutoverIdSchema.parse('one'),
  kind: 'shadow',
  token: 'token',
  askedAt: AT,
  expiresAt: new Date(START + 60_000).toISOString(),
  evidence: 'clean',
  agreed: [],
  answered: null,
};
const agreedBy = (...persons: string[]) => ({ ...asked, agreed: persons.map((by) => ({ by, comment: `by ${by}` })) });

describe('an approval', () => {
  it('by one person is enough where the plan wants one', () => {
    expect(agree(POLICY, EVE, asked, ADA, 'fine')).toEqual({
      approval: { approvedBy: ADA, comment: 'fine', approvers: [ADA] },
    });
  });

  it('by whoever started the run is refused, also as the second of two, unless the plan allows it', () => {
    expect(agree(POLICY, ADA, asked, ADA, '')).toEqual({ refused: expect.stringContaining('started this cutover') });
    expect(agree(TWO, ADA, agreedBy(BOB), ADA, '')).toEqual({ refused: expect.stringContaining('may not approve') });
    expect(agree({ ...POLICY, starterMayApprove: true }, ADA, asked, ADA, '')).toHaveProperty('approval');
    expect(agree(POLICY, null, asked, ADA, '')).toHaveProperty('approval');
  });

  it('waits for a second person where the plan wants two', () => {
    expect(agree(TWO, EVE, asked, ADA, '')).toEqual({ wanting: 1 });
    expect(agree(TWO, EVE, agreedBy(ADA), BOB, 'too')).toEqual({
      approval: { approvedBy: `${ADA} and ${BOB}`, comment: `by ${ADA}; too`, approvers: [ADA, BOB] },
    });
  });

  it('of one person twice is not that of two', () => {
    expect(agree(TWO, EVE, agreedBy(ADA), ADA, '')).toEqual({ refused: expect.stringContaining('waits for 1 more') });
  });

  it('of two persons that the execution never heard of can be said again by either', () => {
    for (const by of [ADA, BOB]) expect(agree(TWO, EVE, agreedBy(ADA, BOB), by, '')).toHaveProperty('approval');
  });

  it('is counted again by the machine', () => {
    expect(approvalProblem(TWO, EVE, [ADA])).toContain('1 of 2 persons');
    expect(approvalProblem(TWO, EVE, [ADA, ADA])).toContain('1 of 2 persons');
    expect(approvalProblem(TWO, EVE, [ADA, BOB])).toBeNull();
    expect(approvalProblem(TWO, BOB, [ADA, BOB])).toContain('may not approve');
    expect(approversOf({ approvedBy: ADA, comment: '' })).toEqual([ADA]);
  });

  it('is asked for with the rules that the answer must meet', async () => {
    const state = await begun(new MemoryWorld());
    const rules = (signoff: typeof TWO, startedBy: string | null) =>
      signoffRules({ plan: { ...state.plan, signoff }, startedBy });
    expect(rules(TWO, EVE)).toEqual(['2 persons must approve.', `${EVE} started the cutover and may not approve it.`]);
    expect(rules(POLICY, null)).toEqual([]);
    expect(rules({ ...POLICY, starterMayApprove: true }, EVE)).toEqual([]);
  });
});

describe('a sign-off', () => {
  const waiting = async () => {
    const world = new MemoryWorld();
    await begun(world);
    if (world.item === null) throw new RangeError('no run has begun');
    return { ...world.item, phase: 'shadowSignoff' as const };
  };
  const closed = (request: ApprovalRequest | null, lease: Awaited<ReturnType<typeof waiting>> | null, now = START) =>
    closedSignoff('one', request, lease, now);

  it('takes an answer while its run waits for it', async () => {
    const lease = await waiting();
    expect(closed(asked, lease)).toBeNull();
    expect(closed({ ...asked, kind: 'final' }, { ...lease, phase: 'finalSignoff' as never })).toBeNull();
  });

  it('takes none that comes too late', async () => {
    const lease = await waiting();
    expect(closed(null, lease)).toContain('no pending approval');
    expect(closed(asked, lease, START + 60_000)).toContain('expired');
    const answered = { answer: 'refuse', by: ADA, at: AT } as const;
    expect(closed({ ...asked, answered }, lease)).toContain('one answer only');
    expect(closed({ ...asked, answered: { ...answered, answer: 'approve' } }, lease)).toContain(`approved by ${ADA}`);
  });

  it('takes none for a run that is over, that is another, or that has gone on', async () => {
    const lease = await waiting();
    expect(closed(asked, null)).toContain('no cutover owns the ingress');
    expect(closed(asked, { ...lease, cutoverId: cutoverIdSchema.parse('two') })).toContain('cutover two owns');
    expect(closed(asked, { ...lease, status: 'rolling_back' })).toContain('is rolling back');
    expect(closed(asked, { ...lease, phase: 'stage' as never })).toContain('in cohort');
    expect(closed({ ...asked, kind: 'final' }, lease)).toContain('in shadow sign-off');
  });
});
