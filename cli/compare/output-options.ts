/** Options of a comparison that determine what counts, what advice refers to, and where the outcome goes. */
import { type Command, Option } from 'commander';
import { SERVERS, type Server, type Servers } from '../../parity/causes/index.ts';
import { failOnOption } from '../shared/index.ts';

export interface ServerOptions {
  readonly stableIs?: Server;
  readonly candidateIs?: Server;
}

const serverOption = (flag: string, side: string) =>
  new Option(
    `${flag} <server>`,
    `server or framework of ${side}, for the advice (default: as X-Powered-By and Server say)`,
  ).choices(Object.keys(SERVERS));

export function serversOf({ stableIs, candidateIs }: ServerOptions): Servers {
  return { stable: stableIs ?? null, candidate: candidateIs ?? null };
}

/** Adds them to a command. */
export function withOutputs(command: Command): Command {
  return command
    .addOption(failOnOption())
    .addOption(serverOption('--stable-is', 'stable'))
    .addOption(serverOption('--candidate-is', 'the candidate'))
    .option('--baseline <file>', 'known differences (JSON, by --write-baseline): they do not count')
    .option('--write-baseline <file>', 'write all differences that were found to this file, as a baseline')
    .option('--html <file>', 'write a self-contained HTML report to this file')
    .option('--junit <file>', 'write the result of each route as JUnit XML to this file')
    .option('--sarif <file>', 'write the root causes as SARIF 2.1.0 to this file')
    .option('--github', 'print annotations for GitHub Actions')
    .option('--json', 'print the summary as JSON to stdout');
}
