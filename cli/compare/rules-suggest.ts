/** `crossfade rules suggest`: suggests rules from what varied in stable by itself. */
import { Command } from 'commander';
import { EXIT, plain, plainJson, quantity, say, type Terminal, wholeNumber } from '../shared/index.ts';
import type { Suggestion } from './diff/index.ts';
import type { Input } from './inputs/index.ts';

interface Options {
  readonly rules?: string;
  readonly least: string;
}

export function suggestCommand(terminal: Terminal): Command {
  return new Command('suggest')
    .description('draft rules for fields that vary on stable alone; they are rejected until an owner completes them')
    .argument('<files...>', 'captures in time order (NDJSON; plain, gzip or zstd); - reads standard input')
    .option('--rules <file>', 'existing rules (JSON); nothing is suggested for what they cover')
    .option('--least <n>', 'repeats of a request in which a field must have varied', '2')
    .action(async (files: string[], options: Options) => {
      const least = wholeNumber('--least', options.least, 1, 1e9);
      const { givenRules } = await import('../shared/index.ts');
      const rules = givenRules(options.rules);
      const at = Date.now();
      const { diffInputs, sourcesOf, suggestFrom } = await import('./diff/index.ts');
      const { compareOptions, notesOn, readingProgress } = await import('./outcome/index.ts');
      const inputs = sourcesOf(diffInputs(terminal.stdin, files, [], []));
      const progress = readingProgress(terminal.err, inputs);
      const signal = terminal.interruption();
      try {
        const found = await suggestFrom(inputs, compareOptions(rules, at), least, signal, (bytes, pairs) =>
          progress.update(bytes, 1, () => `${quantity(pairs, 'capture')}`),
        );
        progress.done();
        say(terminal.out, plainJson(found.suggested, 2));
        for (const line of [...notesOn(rules, at), ...tell(found, inputs, least)]) say(terminal.err, plain(line));
        terminal.exit(found.records > 0 && found.unreadable.count === 0 ? EXIT.ok : EXIT.usage);
      } catch (error) {
        progress.done();
        if (!signal.aborted) throw error;
        terminal.exit(EXIT.interrupted);
      }
    });
}

function tell({ suggested, records, unreadable }: Suggestion, inputs: readonly Input[], least: number): string[] {
  const { count, first } = unreadable;
  const more = count > first.length ? [`  … and ${count - first.length} more`] : [];
  return [
    `${quantity(records, 'capture')} read. Rules suggested: ${suggested.rules.length}, for fields that varied in at least ${least} repeats of a request.`,
    ...(suggested.rules.length === 0
      ? []
      : [
          'Data that changed between the requests varies too: delete rules for fields that must not vary, and fill in owner and expires in the rest.',
        ]),
    ...(records === 0 && count === 0 ? ['bad input: there is no capture'] : []),
    ...(count === 0 ? [] : [`bad input: ${count === 1 ? '1 line' : `${count} lines`} could not be parsed:`]),
    ...first.map(({ at, reason }) => `  ${inputs[at.source]?.file ?? ''}:${at.line} ${reason}`),
    ...more,
  ];
}
