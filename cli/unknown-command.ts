/** The answer to the name of a command that there is not. */
import { Command, CommanderError } from 'commander';
import { UsageError } from './shared/index.ts';

/** A typing error must not lead to a command that moves traffic, so only these are suggested. */
const MOVES_NOTHING = new Set([
  ...['plan', 'cost', 'doctor', 'rehearse', 'chaos', 'diff', 'contract', 'campaign', 'status', 'console', 'watch'],
  ...['wait', 'list', 'history', 'export', 'replay', 'runbook', 'rules', 'suggest', 'help'],
]);

export function unknownCommand(parent: Command, typed: string): UsageError {
  const path = parent.parent === null ? 'crossfade' : `crossfade ${parent.name()}`;
  const lines = [`unknown command "${typed}"`, ...suggestion(parent, typed), `(${path} --help lists the commands)`];
  return new UsageError(lines.join('\n'));
}

/** Commander's own, such as `(Did you mean plan?)`, of a program that has only the harmless commands. */
function suggestion(parent: Command, typed: string): string[] {
  const harmless = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const command of parent.commands) if (MOVES_NOTHING.has(command.name())) harmless.command(command.name());
  try {
    harmless.parse([typed], { from: 'user' });
    return [];
  } catch (error) {
    if (error instanceof CommanderError) return error.message.split('\n').slice(1);
    throw error;
  }
}
