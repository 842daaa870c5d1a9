/** The page about the commands, from the program that runs them. */
import { Readable } from 'node:stream';
import type { Argument, Command, Option } from 'commander';
import { program } from '../../cli/program.ts';
import { EXIT_HELP, meaningOfNo, type Screen, type Terminal } from '../../cli/shared/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, page } from './page.ts';

export function commandsPage(): Page {
  const all = program(nowhere()).commands.flatMap((command) => sections(command, 'crossfade'));
  return page(
    'docs/reference/commands.md',
    'Commands',
    'Run `npx crossfade COMMAND` in a checkout or where the package is installed; `crossfade COMMAND --help` prints the same. Anywhere else, npx offers an unrelated package of the same name: decline it.',
    'Commands with `--ingress` talk to AWS, with the region and credentials of the usual AWS variables and files.',
    `\`\`\`text\n${EXIT_HELP.trim()}\n\`\`\``,
    listOf(all),
    ...all,
  );
}

/** Links to all sections, with the names of their commands. */
function listOf(all: readonly string[]): string {
  const names = all.map((section) => /^## crossfade (.+)$/m.exec(section)?.[1] ?? '');
  return names.map((name) => `[${name}](#crossfade-${name.replaceAll(' ', '-')})`).join(' · ');
}

function sections(command: Command, parent: string): string[] {
  const name = `${parent} ${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((inner) => sections(inner, name));
  const usage = `${name} ${command.usage()}`.replace(/ ?\[options\]/, ' [options]');
  const given = command.registeredArguments;
  const no = meaningOfNo(command);
  const options = command.options.filter((option) => !option.hidden);
  return [
    [
      `## ${name}`,
      `${sentence(command.description())}`,
      `\`\`\`text\n${usage}\n\`\`\``,
      ...(no === undefined ? [] : [`Exit code 1: ${no}.`]),
      ...(given.length === 0 ? [] : [markdownTable(['argument', 'meaning'], given.map(argumentRow))]),
      ...(options.length === 0 ? [] : [markdownTable(['option', 'default', 'meaning'], options.map(optionRow))]),
    ].join('\n\n'),
  ];
}

function argumentRow(argument: Argument): string[] {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return [markdownCode(argument.required ? `<${name}>` : `[${name}]`), argument.description];
}

function optionRow(option: Option): string[] {
  return [markdownCode(option.flags), defaultOf(option), `${option.description}${choicesOf(option)}`];
}

function choicesOf({ argChoices: choices = [] }: Option): string {
  return choices.length === 0 ? '' : `: ${choices.map((choice) => markdownCode(choice)).join(', ')}`;
}

function defaultOf(option: Option): string {
  if (option.mandatory) return 'required';
  if (option.defaultValueDescription !== undefined) return option.defaultValueDescription;
  const value: unknown = option.defaultValue;
  if (value === undefined || value === '' || option.negate || (Array.isArray(value) && value.length === 0)) return '';
  return markdownCode(String(value));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** A terminal that shows nothing: the program is only inspected, and nothing is run. */
function nowhere(): Terminal {
  const silent: Screen = { columns: null, rows: null, coloured: false, write: () => {} };
  return {
    out: silent,
    err: silent,
    stdin: Readable.from([]),
    environment: {},
    interruption: () => new AbortController().signal,
    exit: () => {},
  };
}
