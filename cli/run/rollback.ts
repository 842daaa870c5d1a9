/** `crossfade rollback`: the same procedure as for every other trigger, run from here with the caller's permissions. */
import { Command } from 'commander';
import { describeRollback, rollBack } from '../../core/fence/index.ts';
import { isSafe } from '../../core/model/index.ts';
import { attempt, byOption, EXIT, type Left, personText, plain, say, type Terminal } from '../shared/index.ts';
import { type DeployedOptions, located, withDeployed } from './deployment-source.ts';
import type { Located } from './running-rehearsal.ts';

type RollbackPorts = Parameters<typeof rollBack>[0];

interface Options extends DeployedOptions {
  readonly by: string;
  readonly reason: string;
  readonly breakGlass?: boolean;
}

export function rollbackCommand(terminal: Terminal): Command {
  return withDeployed(new Command('rollback'))
    .description('return all traffic to stable now; works even if the ledger is unreachable')
    .addOption(byOption('who requests it (recorded in the ledger)'))
    .option('--reason <text>', 'why (recorded in the ledger)', 'requested by an operator')
    .option('--break-glass', 'write the weights at once, even if stable has no healthy target')
    .action(async (options: Options) => {
      const { by, reason, breakGlass = false } = options;
      const { text, isBack } = await returnToStable(() => located(options), { by, reason, breakGlass });
      say(terminal.out, plain(text));
      terminal.exit(isBack ? EXIT.ok : EXIT.failed);
    });
}

interface Asked {
  readonly by: string;
  readonly reason: string;
  readonly breakGlass: boolean;
}

export interface Returned {
  /** What was done. */
  readonly text: string;
  /**
   * False if customers remain where they are: those of a completed cutover, those of another run, or until stable has
   * its capacity.
   */
  readonly isBack: boolean;
}

/** Moves all traffic back to stable, whatever is running. @throws CommandError that says what was changed */
export async function returnToStable(find: () => Promise<Located>, asked: Asked): Promise<Returned> {
  const writes = { tried: 0, done: 0 };
  return attempt(
    ({ refused }) => leftBy(writes.done > 0 || (writes.tried > 0 && !refused)),
    async () => {
      const { deployment, now } = await find();
      const reason = personText(asked.reason);
      const request = { trigger: 'operator', at: new Date(now()).toISOString(), ...asked, reason } as const;
      const { rollbackDepsOf } = await import('../../lambdas/compose/rollback.ts');
      const ports = rollbackDepsOf(deployment);
      const clock = { ...ports.clock, now };
      const outcome = await rollBack(counting({ ...ports, clock }, writes), deployment, request);
      const text = describeRollback(outcome, request);
      if (outcome.outcome !== 'nothing_to_do') return { text, isBack: outcome.outcome !== 'waiting_for_capacity' };
      // Weights that need no change may be those of a completed cutover.
      if (isSafe(deployment, await ports.ingress.read())) return { text, isBack: true };
      const nevertheless = 'Customers are on the candidate; `crossfade rollback --break-glass` returns them anyway.';
      return { text: `${text} ${nevertheless}`, isBack: false };
    },
  );
}

/** The same ports, counting writes of weights when they are attempted and when they are done. */
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
  'run `crossfade rollback` again; it is safe to repeat. If it finds no healthy stable target, add --break-glass. If it cannot run at all, docs/how-to/roll-back-by-hand.md has two ways with the AWS CLI.';

function leftBy(written: boolean): Left {
  return !written
    ? { state: 'Nothing was changed: no weight was written, and traffic is where it was.', next: AGAIN }
    : {
        state: 'The safe weights were being written, and it is not known whether all of them arrived.',
        next: `check with \`crossfade status\`, then ${AGAIN}`,
      };
}
