/** The operator's commands in one program. Built apart from its entry, so that tests can run it. */
import { Command } from 'commander';
import { contractCommand, diffCommand, rulesCommand } from './compare/index.ts';
import { chaosCommand, rehearseCommand } from './rehearse/index.ts';
import {
  approveCommand,
  drillCommand,
  exportCommand,
  planCommand,
  refuseCommand,
  replayCommand,
  rollbackCommand,
  statusCommand,
} from './run/index.ts';
import { EXIT_HELP, version } from './shared/index.ts';

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
