#!/usr/bin/env node
/** Entry of the operator's CLI. */
import { CommanderError } from 'commander';
import { program } from '../cli/program.ts';
import { EXIT, UsageError } from '../cli/shared/index.ts';
import { describeError } from '../core/model/index.ts';

const cli = program();
for (const command of [cli, ...cli.commands.flatMap((command) => [command, ...command.commands])])
  command.exitOverride();
try {
  await cli.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else {
    console.error(error instanceof UsageError ? error.message : describeError(error));
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}
