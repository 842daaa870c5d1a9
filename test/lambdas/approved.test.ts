import { describe, expect, it } from 'vitest';
import { stateToJson } from '../../core/model/run-state.ts';
import { makeHandler } from '../../lambdas/approved.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { begun } from '../support/run.ts';

describe('a sign-off that was given', () => {
  it('is in the log and told with its comment, without the secrets that the comment holds', async () => {
    const world = new MemoryWorld();
    const state = await begun(world);
    const approval = {
      approvedBy: 'ada',
      comment: 'seen with token=S3cret-abc and Bearer eyJhbGciOiJIUzI1NiJ9.e30.x at 12:00',
    };
    const next = await makeHandler(world)({ ...stateToJson({ ...state, phase: 'exercise' }), approval });
    const kept = JSON.stringify([world.log, world.notices, world.emitted, next]);
    expect(kept).toContain('ada: seen with token=[redacted] and Bearer [redacted] at 12:00');
    expect(kept).not.toMatch(/S3cret|eyJ/);
  });

  it('has room in an item of the table, whatever somebody hands to Step Functions by hand', async () => {
    const world = new MemoryWorld();
    const state = stateToJson({ ...(await begun(world)), phase: 'exercise' });
    const approval = { approvedBy: 'a'.repeat(60_000), comment: `${'x'.repeat(60_000)}` };
    await makeHandler(world)({ ...state, approval });
    expect(JSON.stringify(world.log.at(-1)).length).toBeLessThan(11_000);
    expect(JSON.stringify(world.notices).length).toBeLessThan(11_000);
  });

  it('is refused by the machine without an approval, and with fewer persons than the plan wants', async () => {
    const world = new MemoryWorld();
    const state = await begun(world, { signoff: { approvers: 2 } });
    const asked = stateToJson({ ...state, phase: 'exercise' });
    await expect(makeHandler(world)({ ...asked, approval: null })).rejects.toThrow(/without an approval/);
    const approval = { approvedBy: 'ada', comment: '', approvers: ['ada', 'ada'] };
    await expect(makeHandler(world)({ ...asked, approval })).rejects.toThrow(/1 of 2 persons/);
  });
});
