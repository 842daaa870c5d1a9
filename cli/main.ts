/** Runs one command line to its exit code. The process is an argument, so that tests run commands without one. */
import { type Command, CommanderError } from 'commander';
import { CrossfadeError, describeError } from '../core/model/index.ts';
import { program } from './program.ts';
import { EXIT, type ExitCode, say, type Terminal, UsageError } from './shared/index.ts';

/**
 * Runs the command that `args` name. A command that returns has told its code to `terminal.exit`.
 * @param args without the interpreter and the script
 * @returns the code of a command that did not come to its own end; null when it did
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode | null> {
  const crossfade = program(terminal);
  for (const command of everyCommand(crossfade)) command.exitOverride().configureOutput(outputOf(terminal));
  try {
    await crossfade.parseAsync([...args], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    say(terminal.err, sentenceOf(error));
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** The retries that a transient error speaks of are the state machine's: a command has none. */
function sentenceOf(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof CrossfadeError && error.name === 'Crossfade.Transient')) return describeError(error);
  const cause = error.cause === undefined ? '' : ` (${describeError(error.cause)})`;
  return `${error.what.replace(/\.$/, '')}${cause}. This command could not confirm any change of weights; \`crossfade status\` shows the live ones. Check connectivity and credentials and run it again, or use the break-glass command in the runbook (docs/how-to/roll-back-by-hand.md).`;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function outputOf({ out, err }: Terminal) {
  return {
    writeOut: (text: string) => out.write(text),
    writeErr: (text: string) => err.write(text),
    getOutHelpWidth: () => out.columns ?? 80,
    getErrHelpWidth: () => err.columns ?? 80,
    getOutHasColors: () => out.coloured,
    getErrHasColors: () => err.coloured,
  };
}
