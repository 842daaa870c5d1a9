/**
 * Runs one command line and determines its exit code. The process is an argument, so that tests run commands without
 * one.
 */
import { Command, CommanderError, Help, type Option } from 'commander';
import { describeError } from '../core/model/index.ts';
import { program } from './program.ts';
import {
  CommandError,
  EXIT,
  type ExitCode,
  fileFailure,
  Interrupted,
  meaningOfNo,
  plainLines,
  repeatable,
  say,
  type Terminal,
  UsageError,
} from './shared/index.ts';
import { unknownCommand } from './unknown-command.ts';

export interface ProcessEnd {
  /** The code of a command that did not end by itself; null if it passed its code to `terminal.exit`. */
  readonly code: ExitCode | null;
  /** The exit code if the command's output was lost: 1, unless that has another meaning. */
  readonly whenOutputIsLost: ExitCode;
}

/** Runs the command that `args` name. @param args without the interpreter and the script */
export async function run(args: readonly string[], terminal: Terminal): Promise<ProcessEnd> {
  const crossfade = program(terminal);
  let hasNo = false;
  crossfade.hook('preAction', (_program, command) => {
    hasNo = meaningOfNo(command) !== undefined;
  });
  crossfade.showHelpAfterError('(crossfade --help lists the commands)');
  for (const command of everyCommand(crossfade)) {
    if (command.commands.length === 0) continue;
    command.helpCommand(false).addCommand(helpOf(command));
    command.on('command:*', ([typed = '']: readonly string[]) => {
      throw unknownCommand(command, typed);
    });
  }
  for (const command of everyCommand(crossfade)) {
    command.exitOverride().configureOutput(outputOf(terminal)).configureHelp({ optionDescription, minWidthToWrap: 20 });
    refuseTwice(command);
    const no = meaningOfNo(command);
    if (no !== undefined) command.addHelpText('after', () => paragraph(`Exit code 1: ${no}.`, terminal));
  }
  const code = await crossfade.parseAsync([...args], { from: 'user' }).then(
    () => null,
    (error: unknown) => failed(error, terminal),
  );
  return { code, whenOutputIsLost: hasNo ? EXIT.unable : EXIT.failed };
}

function failed(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof UsageError || error instanceof CommandError) {
    say(terminal.err, plainLines(error.message));
    return error instanceof CommandError ? error.code : EXIT.usage;
  }
  const file = error instanceof Error ? fileFailure(error) : null;
  say(terminal.err, plainLines(file ?? describeError(error)));
  return EXIT.unable;
}

/** Commander's own version shows the general help if a subcommand is misspelt. */
function helpOf(parent: Command): Command {
  return new Command('help')
    .argument('[command...]')
    .description('display help for command')
    .action((names: readonly string[]) => {
      let found = parent;
      for (const name of names) {
        const inner = found.commands.find((command) => command.name() === name);
        if (inner === undefined) throw unknownCommand(found, name);
        found = inner;
      }
      found.outputHelp();
    });
}

/** A paragraph below the help, as wide as commander's own text. */
function paragraph(text: string, { out }: Terminal): string {
  return `\n${new Help().boxWrap(text, out.columns ?? 80)}`;
}

/** For an option that may be repeated, the default is not worth mentioning. */
function optionDescription(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: \[\]\)$/, '');
}

/** Otherwise the last of two values would silently win, and the wrong one of two deployments might be steered. */
function refuseTwice(command: Command): void {
  for (const option of command.options) {
    if (option.isBoolean() || option.variadic || option.parseArg === repeatable) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given) throw new UsageError(`${option.long ?? option.flags} is given twice`);
      given = true;
    });
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function outputOf({ out, err }: Terminal) {
  return {
    writeOut: (text: string) => out.write(text),
    writeErr: (text: string) => err.write(plainLines(text)),
    getOutHelpWidth: () => out.columns ?? 80,
    getErrHelpWidth: () => err.columns ?? 80,
    getOutHasColors: () => out.coloured,
    getErrHasColors: () => err.coloured,
  };
}
