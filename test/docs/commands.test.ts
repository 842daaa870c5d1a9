/** Every command that a page shows must be one that the program accepts, with its name, options and arguments. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../cli/program.ts';
import { MemoryTerminal } from '../support/cli.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Generated from the program itself, with usages such as `[options]`. */
const USAGES = 'docs/reference/commands.md';
/** Decisions and the change log are not rewritten: a command in an ADR may have changed since. */
const HISTORY = ['CHANGELOG.md', 'docs/adr/*.md'];
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT, exclude: [USAGES, ...HISTORY] });

const START = /(?:^|\s)(?:npx (?:--no-install )?|npm run (?:--silent )?)?crossfade(?: --)? +(?=[a-z]|--)/;

interface Shown {
  /** What follows the program's name. */
  readonly command: string;
  /** Whether the command is in a sentence, where it may be named without its required arguments. */
  readonly isNamed: boolean;
}

/** Commands in shell blocks, and in code within sentences. */
function commandsIn(text: string): Shown[] {
  const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
  const inline = [...text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`(?:npx )?(crossfade [^`\n]+)`/g)];
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
  const shown = (isNamed: boolean) => (line: string) => {
    const found = START.exec(line);
    return found === null ? [] : [{ command: line.slice(found.index + found[0].length), isNamed }];
  };
  return [...lines.flatMap(shown(false)), ...inline.map(([, code = '']) => code).flatMap(shown(true))];
}

/**
 * Splits a command into words as a shell does, up to a comment, a pipe or a redirection. `<name>` counts as one word.
 */
function wordsOf(command: string): string[] {
  const named = command.replaceAll(/<[\w ]+>/g, 'NAME').replace(/ (?:#|\||>|&&).*$/, '');
  return [...named.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replaceAll(/['"]/g, ''));
}

/** The program with commands that do nothing. */
function idle(): Command {
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    for (const below of command.commands) quiet(below);
  };
  const whole = program(new MemoryTerminal());
  quiet(whole);
  return whole;
}

const INCOMPLETE = [
  'commander.help',
  'commander.missingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.optionMissingArgument',
];

async function refusalOf({ command, isNamed }: Shown): Promise<string | null> {
  try {
    await idle().parseAsync(wordsOf(command), { from: 'user' });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isNamed && INCOMPLETE.includes(error.code) ? null : `crossfade ${command}: ${error.message}`;
  }
}

describe('a command in the documentation', () => {
  it.each(pages)('%s shows only what the program takes', async (page) => {
    const commands = commandsIn(readFileSync(join(ROOT, page), 'utf8'));
    const refusals = await Promise.all(commands.map(refusalOf));
    expect(refusals.filter((refusal) => refusal !== null)).toEqual([]);
  });

  it('is found in blocks and in sentences, and not taken when the program does not', async () => {
    const text = 'See `crossfade hold x`.\n```sh\nnpx crossfade plan a.json \\\n  --no-such 1 # why\n```\n';
    expect(commandsIn(text)).toEqual([
      { command: 'plan a.json --no-such 1 # why', isNamed: false },
      { command: 'hold x', isNamed: true },
    ]);
    const refusal = (command: string, isNamed = false) => refusalOf({ command, isNamed });
    expect(await refusal('hold x', true)).toContain('unknown command');
    expect(await refusal('plan a.json --no-such 1', true)).toContain('unknown option');
    expect(await refusal('pause')).toContain('missing required argument');
    expect(await refusal('pause', true)).toBeNull();
    expect(await refusal("pause <id> --for PT2H --reason 'two words'")).toBeNull();
  });
});
