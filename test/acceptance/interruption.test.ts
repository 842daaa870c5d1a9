/** `crossfade accept` is ended at each of its steps: by Ctrl-C, by a failure, or by the death of its process. */
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AcceptanceAccount } from '../../cli/accept/account.ts';
import { EXIT } from '../../cli/shared/exit-codes.ts';
import { ACCEPTANCE_STEPS, type AcceptanceStep } from '../../core/acceptance/steps.ts';
import { temporaryFolder } from '../support/folder.ts';
import { AcceptCommand } from './command.ts';
import { MemoryAccount } from './memory-account.ts';

const folder = temporaryFolder();

describe.each(ACCEPTANCE_STEPS)('crossfade accept, at its step %s', (step) => {
  const announced = `${ACCEPTANCE_STEPS.indexOf(step) + 1}/${ACCEPTANCE_STEPS.length} `;

  it('removes everything when it is interrupted', async () => {
    const { command, memory, args } = await begunUpTo(step);
    const { code, err } = await command.run(args, memory.account(forever), (text, interrupt) => {
      if (text.startsWith(announced)) setImmediate(interrupt);
    });
    expect(err).toContain('Remove everything');
    expect(memory.stacks).toEqual([]);
    expect(command.evidence).toMatchObject({ interrupted: true, removal: { left: [] } });
    expect(command.evidence.steps.map((record) => record.step)).not.toContain(step);
    expect(code).toBe(EXIT.interrupted);
  });

  it('removes everything when the step fails', async () => {
    const { command, memory, args } = await begunUpTo(step);
    const { code } = await command.run(args, stopping(step, memory, 'the account says no'));
    expect(memory.stacks).toEqual([]);
    expect(command.evidence.steps.at(-1)).toMatchObject({
      step,
      failure: expect.stringContaining('the account says no'),
    });
    expect(code).toBe(EXIT.failed);
  });

  it('leaves remains when its process dies, which the next one finds and removes first', async () => {
    const { command, memory, args } = await begunUpTo(step);
    await expect(command.run(args, dying(step, memory))).rejects.toThrow('the process died');
    expect(memory.stacks).toHaveLength(1);
    const remains = memory.stacks[0] ?? '';
    const { code, err } = await command.run(['--yes', '--remove'], memory.account());
    expect(err).toContain(`holds remains of ${remains}`);
    expect(err).toContain(`Removed ${remains}.`);
    expect(memory.stacks).toEqual([]);
    expect(code).toBe(EXIT.ok);
  });
});

describe('crossfade accept, before anything is made', () => {
  it('makes nothing unless its user says yes', async () => {
    const memory = new MemoryAccount();
    const { code, err } = await new AcceptCommand(folder.path).run([], memory.account());
    expect(err).toContain('costs nothing');
    expect(err).toContain('Not begun: nothing was made');
    expect(code).toBe(EXIT.failed);
    expect(memory.stacks).toEqual([]);
  });

  it('says that there are no remains', async () => {
    const file = `${folder.path}/none`;
    const command = new AcceptCommand(file);
    const said = await command.run(['--yes', '--remove'], new MemoryAccount().account());
    expect(said).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('no remains') });
    expect(existsSync(command.evidenceFile)).toBe(false);
  });

  it('begins nothing of its own while remains cannot be removed', async () => {
    const memory = new MemoryAccount();
    memory.stacks.push('accept-old');
    const account = { ...memory.account(), remove: async () => ['AWS::KMS::Key k'] };
    const { code, err } = await new AcceptCommand(folder.path).run(['--yes'], account);
    expect(err).toContain('Removed accept-old, but for AWS::KMS::Key k.');
    expect(memory.stacks).toEqual(['accept-old']);
    expect(code).toBe(EXIT.failed);
  });

  it('does not go on with an acceptance of which nothing stands', async () => {
    const { command, memory, args } = await begunUpTo('doctor');
    memory.stacks.splice(0);
    await expect(command.run(args, memory.account())).rejects.toThrow(
      /nothing of acceptance accept-\w+ is left in memory/,
    );
  });
});

/**
 * Creates the state that a crash at this step leaves: a stack that exists, and a file that says which steps were done.
 */
async function begunUpTo(step: AcceptanceStep) {
  const command = new AcceptCommand(folder.path);
  const memory = new MemoryAccount();
  const done = ACCEPTANCE_STEPS.slice(0, ACCEPTANCE_STEPS.indexOf(step));
  if (done.length === 0) return { command, memory, args: ['--yes'] };
  await expect(command.run(['--yes'], dying('deploy', memory))).rejects.toThrow('the process died');
  const before = command.evidence;
  const steps = done.map((name) => ({ step: name, at: before.startedAt, seconds: 1, failure: null }));
  writeFileSync(command.evidenceFile, JSON.stringify({ ...before, steps }));
  return { command, memory, args: ['--yes', '--resume'] };
}

async function forever(signal: AbortSignal): Promise<void> {
  await delay(2 ** 30, undefined, { signal });
}

/** The step's first call to the account is refused. A deploy has created part of its stack by then. */
function stopping(step: AcceptanceStep, memory: MemoryAccount, why: string): AcceptanceAccount {
  const refuse = async () => {
    throw new Error(why);
  };
  return step === 'deploy' ? memory.account(refuse) : { ...memory.account(), site: refuse };
}

/** The process dies at this step: nothing happens after it, not even the removal. */
function dying(step: AcceptanceStep, memory: MemoryAccount): AcceptanceAccount {
  const why = 'the process died';
  return {
    ...stopping(step, memory, why),
    remove: async () => {
      throw new Error(why);
    },
  };
}
