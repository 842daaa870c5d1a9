/** `crossfade rollback`: the same procedure as every other trigger, run from here with the caller's permissions. */
import { Command } from 'commander';
import { describeRollback, rollBack } from '../../core/fence/index.ts';
import type { Deployment } from '../../core/model/index.ts';
import { attempt, byOption, EXIT, type Left, plain, say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, deployed, withDeployed } from './deployed.ts';

type RollbackPorts = Parameters<typeof rollBack>[0];

interface Options extends DeployedOptions {
  readonly by: string;
  readonly reason: string;
  readonly breakGlass?: boolean;
}

export function rollbackCommand(terminal: Terminal): Command {
  return withDeployed(new Command('rollback'))
    .description('return all traffic to stable now; works even if the ledger is unreachable')
    .addOption(byOption('who asks (recorded in the ledger)'))
    .option('--reason <text>', 'why (recorded in the ledger)', 'requested by an operator')
    .option('--break-glass', 'write the weights at once, even if stable has no healthy target')
    .action(async (options: Options) => {
      const { by, reason, breakGlass = false } = options;
      say(terminal.out, plain(await returnToStable(() => deployed(options), { by, reason, breakGlass })));
      terminal.exit(EXIT.ok);
    });
}

interface Asked {
  readonly by: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

/** Returns all traffic to stable, whatever runs. @returns what was done @throws CommandError that says what was changed */
export async function returnToStable(find: () => Promise<Deployment>, asked: Asked): Promise<string> {
  const request = { trigger: 'operator', at: new Date().toISOString(), ...asked } as const;
  const writes = { tried: 0, done: 0 };
  const outcome = await attempt(
    ({ refused }) => leftBy(writes.done > 0 || (writes.tried > 0 && !refused)),
    async () => {
      const deployment = await find();
      const { rollbackDepsOf } = await import('../../lambdas/compose/rollback.ts');
      return rollBack(counting(rollbackDepsOf(deployment), writes), deployment, request);
    },
  );
  return describeRollback(outcome, request);
}

/** The same ports; writes of weights are counted as they are tried, and as they are done. */
function counting(ports: RollbackPorts, writes: { tried: number; done: number }): RollbackPorts {
  const { ingress } = ports;
  return {
    ...ports,
    ingress: {
      read: () => ingress.read(),
      health: (role) => ingress.health(role),
      write: async (rule) => {
        writes.tried++;
        await ingress.write(rule);
        writes.done++;
      },
    },
  };
}

const AGAIN =
  'run `crossfade rollback` again, it may be repeated at any time; if it finds no healthy stable target, add --break-glass. Without this machine: docs/how-to/runbook.md, "Roll back by hand".';

function leftBy(written: boolean): Left {
  return !written
    ? { state: 'Nothing was changed: no weight was written, traffic is where it was.', next: AGAIN }
    : {
        state: 'The safe weights were being written, and it is not known whether all of them arrived.',
        next: `check with \`crossfade status\`, and ${AGAIN}`,
      };
}
