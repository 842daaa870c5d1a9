/**
 * `crossfade abort`: ends one named run by a rollback; `crossfade rollback` needs no name and ends whichever run there
 * is.
 */
import { Command } from 'commander';
import { describeRollback, rollBack } from '../../core/fence/index.ts';
import type { CutoverId } from '../../core/model/index.ts';
import { type DeployedOptions, type Returned, withDeployed } from '../run/index.ts';
import { attempt, EXIT, personText, plain, say, type Terminal, UsageError } from '../shared/index.ts';
import { callerArn } from './caller.ts';
import { cutoverId, type Ledger, openLedger, ownLease, refusal } from './run-of.ts';

interface Options extends DeployedOptions {
  readonly reason: string;
}

export function abortCommand(terminal: Terminal): Command {
  return withDeployed(new Command('abort'))
    .description('end this cutover: all traffic returns to stable')
    .argument('<cutover>', 'name of the execution')
    .requiredOption('--reason <text>', 'why (recorded in the ledger)')
    .action(async (cutover: string, options: Options) => {
      const id = cutoverId(cutover);
      if (options.reason.trim() === '') throw new UsageError('--reason must not be empty');
      const said = await abortRun(() => openLedger(options), id, options.reason);
      say(terminal.out, plain(said.text));
      if (!said.isBack) terminal.exit(EXIT.failed);
    });
}

/** Ends a run by a rollback, as the AWS caller. @throws CommandError that says what was changed */
export async function abortRun(open: () => Promise<Ledger>, id: CutoverId, reason: string): Promise<Returned> {
  const asked = { rollback: false };
  return attempt(
    () => ({
      state: asked.rollback ? `It is not known how far ${id} was rolled back.` : 'Nothing was changed.',
      next: 'read `crossfade status`, and run `crossfade rollback`, which may be repeated at any time.',
    }),
    () => abort(open, id, reason, asked),
  );
}

async function abort(
  open: () => Promise<Ledger>,
  id: CutoverId,
  reason: string,
  asked: { rollback: boolean },
): Promise<Returned> {
  const ledger = await open();
  const lease = ownLease(await ledger.lease(), id);
  if (typeof lease === 'string') return { isBack: false, text: refusal(lease) };
  if (lease.status !== 'running')
    return {
      isBack: false,
      text: refusal(`Cutover ${id} is ${lease.status.replace('_', ' ')} and cannot be aborted.`),
    };
  const by = await callerArn();
  const { rollbackDepsOf } = await import('../../lambdas/compose/rollback.ts');
  const { executionArn } = lease;
  const request = {
    trigger: 'operator',
    reason: personText(reason),
    by,
    at: new Date(ledger.now()).toISOString(),
    scope: { kind: 'execution', executionArn },
  } as const;
  asked.rollback = true;
  const ports = rollbackDepsOf(ledger.deployment);
  const clock = { ...ports.clock, now: ledger.now };
  const outcome = await rollBack({ ...ports, clock }, ledger.deployment, request);
  const isLeft = outcome.outcome === 'not_concerned' || outcome.outcome === 'waiting_for_capacity';
  return { isBack: !isLeft, text: describeRollback(outcome, request) };
}
