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
    .description('return all traffic to stable now; works even if the ledger is unreachable')
    .option('--by <name>', 'who asks (recorded in the ledger)', userInfo().username)
    .option('--reason <text>', 'why (recorded in the ledger)', 'requested by an operator')
    .option('--break-glass', 'write the weights at once, even if stable has no healthy target')
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
