/** The operator's commands as one program. Separate from its entry point, so that tests can run it. */
import { Command } from 'commander';
import { acceptCommand } from './accept/index.ts';
import { costCommand, doctorCommand } from './account/index.ts';
import { campaignCommand } from './campaign/index.ts';
import { contractCommand, diffCommand, rulesCommand } from './compare/index.ts';
import { consoleCommand } from './console/index.ts';
import { chaosCommand, rehearseCommand } from './rehearse/index.ts';
import {
  drillCommand,
  exportCommand,
  planCommand,
  replayCommand,
  rollbackCommand,
  runbookCommand,
  statusCommand,
} from './run/index.ts';
import { EXIT_HELP, type Terminal, version } from './shared/index.ts';
import {
  abortCommand,
  approveCommand,
  historyCommand,
  listCommand,
  pauseCommand,
  promoteCommand,
  refuseCommand,
  resumeCommand,
  retryCommand,
  startCommand,
  waitCommand,
  watchCommand,
} from './steer/index.ts';

export function program(terminal: Terminal): Command {
  return new Command('crossfade')
    .description(
      'Moves live traffic from one HTTP service to its rewrite behind an AWS Application Load Balancer, and rolls back automatically',
    )
    .version(version())
    .addHelpText('after', EXIT_HELP)
    .addCommand(planCommand(terminal))
    .addCommand(costCommand(terminal))
    .addCommand(doctorCommand(terminal))
    .addCommand(acceptCommand(terminal))
    .addCommand(rehearseCommand(terminal))
    .addCommand(chaosCommand(terminal))
    .addCommand(drillCommand(terminal))
    .addCommand(diffCommand(terminal))
    .addCommand(contractCommand(terminal))
    .addCommand(campaignCommand(terminal))
    .addCommand(startCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(consoleCommand(terminal))
    .addCommand(watchCommand(terminal))
    .addCommand(waitCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(historyCommand(terminal))
    .addCommand(exportCommand(terminal))
    .addCommand(replayCommand(terminal))
    .addCommand(approveCommand(terminal))
    .addCommand(refuseCommand(terminal))
    .addCommand(pauseCommand(terminal))
    .addCommand(resumeCommand(terminal))
    .addCommand(promoteCommand(terminal))
    .addCommand(retryCommand(terminal))
    .addCommand(abortCommand(terminal))
    .addCommand(rollbackCommand(terminal))
    .addCommand(runbookCommand(terminal))
    .addCommand(rulesCommand(terminal));
}
