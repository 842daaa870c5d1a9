/** The answer to the name of a command that there is not. */
import type { Command } from 'commander';
import { UsageError } from './shared/index.ts';

/** A typing error must not lead to a command that moves traffic, so only these are suggested. */
const MOVES_NOTHING = new Set([
  ...['plan', 'cost', 'doctor', 'rehearse', 'chaos', 'diff', 'contract', 'campaign', 'status', 'console', 'watch'],
  ...['wait', 'list', 'history', 'export', 'replay', 'runbook', 'rules', 'suggest', 'help'],
]);

export function unknownCommand(parent: Command, typed: string): UsageError {
  const path = parent.parent === null ? 'crossfade' : `crossfade ${parent.name()}`;
  const meant = parent.commands
    .map((command) => command.name())
    .find((name) => MOVES_NOTHING.has(name) && edits(typed.toLowerCase(), name) <= (name.length > 4 ? 2 : 1));
  const advice = meant === undefined ? '' : `did you mean ${path} ${meant}? `;
  return new UsageError(`unknown command "${typed}" (${advice}${path} --help lists the commands)`);
}

/** How many letters must be put in, left out, exchanged or swapped with the next one to make `b` of `a`. */
function edits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const change = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i]?.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, change, isSwap ? at(i - 2, j - 2) + 1 : Infinity));
    }
  }
  return at(a.length, b.length);
}
