/** `crossfade rollback`: the same procedure as every other trigger, run from here with the caller's permissions. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { describeRollback, rollBack } from '../../core/fence/index.ts';
import { say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployed.ts';

interface Options extends DeployedOptions {
  readonly by: string;
  readonly reason: string;
  readonly breakGlass?: boolean;
}

export function rollbackCommand(terminal: Terminal): Command {
  return withDeployed(new Command('rollback'))
    .description('bring all traffic back to the stable side, now; without the ledger it still writes the safe weights')
    .option('--by <name>', 'who asks; it is kept in the ledger', userInfo().username)
    .option('--reason <text>', 'why; it is kept in the ledger', 'asked for by an operator')
    .option('--break-glass', 'although no healthy target of the stable side is known: write the safe weights at once')
    .action(async (options: Options) => {
      const deployment = await deployed(options);
      const { rollbackDepsOf } = await import('../../lambdas/compose/index.ts');
      const request = {
        trigger: 'operator',
        reason: options.reason,
        by: options.by,
        at: new Date().toISOString(),
        breakGlass: options.breakGlass === true,
      } as const;
      say(terminal.out, describeRollback(await rollBack(rollbackDepsOf(deployment), deployment, request), request));
    });
}
