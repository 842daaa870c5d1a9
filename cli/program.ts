/** The operator's commands in one program. Built apart from its entry, so that tests can run it. */
import { Command } from 'commander';
import { chaosCommand } from './chaos.ts';
import { contractCommand } from './contract.ts';
import { diffCommand } from './diff.ts';
import { drillCommand } from './drill.ts';
import { EXIT_HELP } from './exit-codes.ts';
import { exportCommand } from './export.ts';
import { planCommand } from './plan.ts';
import { rehearseCommand } from './rehearse.ts';
import { replayCommand } from './replay.ts';
import { rollbackCommand } from './rollback.ts';
import { rulesCommand } from './rules.ts';
import { approveCommand, refuseCommand } from './signoff.ts';
import { statusCommand } from './status.ts';
import { version } from './version.ts';

export function program(): Command {
  return new Command('crossfade')
    .description(
      'Moves live traffic from one HTTP service to its rewrite behind an AWS Application Load Balancer, and back by itself',
    )
    .version(version())
    .addHelpText('after', EXIT_HELP)
    .addCommand(planCommand())
    .addCommand(rehearseCommand())
    .addCommand(chaosCommand())
    .addCommand(drillCommand())
    .addCommand(diffCommand())
    .addCommand(contractCommand())
    .addCommand(statusCommand())
    .addCommand(exportCommand())
    .addCommand(replayCommand())
    .addCommand(approveCommand())
    .addCommand(refuseCommand())
    .addCommand(rollbackCommand())
    .addCommand(rulesCommand());
}
