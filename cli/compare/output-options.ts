/** Options of a comparison that say what counts, and where the outcome goes. */
import type { Command } from 'commander';
import { failOnOption } from '../shared/index.ts';

/** Adds them to a command. */
export function withOutputs(command: Command): Command {
  return command
    .addOption(failOnOption())
    .option('--baseline <file>', 'known differences (JSON, by --write-baseline): they do not count')
    .option('--write-baseline <file>', 'write all differences that were found to this file, as a baseline')
    .option('--html <file>', 'write a self-contained HTML report to this file')
    .option('--junit <file>', 'write the result of each route as JUnit XML to this file')
    .option('--sarif <file>', 'write the root causes as SARIF 2.1.0 to this file')
    .option('--github', 'print annotations for GitHub Actions')
    .option('--json', 'print the summary as JSON to stdout');
}
