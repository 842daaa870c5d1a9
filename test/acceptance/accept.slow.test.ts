/**
 * `crossfade accept` in the local cloud, with everything that it creates there. The account outlives the command, as in
 * AWS.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { AcceptanceAccount } from '../../cli/accept/account.ts';
import { localAcceptanceAccount } from '../../cli/accept/local-account.ts';
import { EXIT } from '../../cli/shared/exit-codes.ts';
import { ACCEPTANCE_STEPS } from '../../core/acceptance/steps.ts';
import { LocalAcceptance } from '../../rehearsal/acceptance/local-acceptance.ts';
import { temporaryFolder } from '../support/folder.ts';
import { AcceptCommand } from './command.ts';

const folder = temporaryFolder();
const local = new LocalAcceptance({ speed: 20 });
afterAll(async () => {
  for (const id of local.ids) await local.delete(id);
});

describe('crossfade accept in the local cloud', () => {
  it('runs to its end, sees every claim, and leaves nothing but its evidence', async () => {
    const command = new AcceptCommand(folder.path);
    const { code, out, err } = await command.run(['--yes'], localAcceptanceAccount(local));
    const { findings, steps, removal } = command.evidence;
    expect(steps.map(({ step, failure }) => [step, failure])).toEqual(ACCEPTANCE_STEPS.map((step) => [step, null]));
    expect(Object.entries(findings).filter(([, { seen }]) => !seen)).toEqual([]);
    expect(removal?.left).toEqual([]);
    expect(local.ids).toEqual([]);
    expect(err).toContain('costs nothing');
    expect(out).toContain('Every claim was seen');
    expect(readFileSync(command.evidenceFile.replace('.json', '.md'), 'utf8')).toBe(`${out.trimEnd()}\n`);
    expect(code).toBe(EXIT.ok);
  });

  it('is interrupted in mid-run, with customers on the candidate, and removes everything', async () => {
    const command = new AcceptCommand(folder.path);
    let interrupt = () => {};
    const { code } = await command.run(
      ['--yes'],
      redeploying(() => interrupt()),
      (_text, how) => {
        interrupt = how;
      },
    );
    expect(command.evidence).toMatchObject({ interrupted: true, removal: { left: [] } });
    expect(command.evidence.steps.map(({ step }) => step)).toEqual(['deploy', 'doctor', 'drill', 'notice']);
    expect(local.ids).toEqual([]);
    expect(code).toBe(EXIT.interrupted);
  });
});

/** @param interrupt called at the deploy in mid-run */
function redeploying(interrupt: () => void): AcceptanceAccount {
  const account = localAcceptanceAccount(local);
  return {
    ...account,
    deploy: async (id, ...args) => {
      if (local.ids.includes(id)) interrupt();
      await account.deploy(id, ...args);
    },
  };
}
