/** `crossfade diff`: what is different between the answers of two sides that were captured or logged, and why. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import {
  EXIT,
  type FailOn,
  failOnOption,
  number,
  repeatable,
  type Terminal,
  templates,
  UsageError,
} from '../shared/index.ts';

interface Options {
  readonly stable: string[];
  readonly candidate: string[];
  readonly route: string[];
  readonly failOn: FailOn;
  readonly rules?: string;
  readonly noise: boolean;
  readonly html?: string;
  readonly json?: boolean;
  readonly threads: string;
  readonly memory: string;
}

export function diffCommand(terminal: Terminal): Command {
  return new Command('diff')
    .description('compare captured pairs, or two logs of the same requests; differences by route and cause')
    .argument('[files...]', 'captured pairs, NDJSON, plain, gzip or zstd; patterns in quotes; - is standard input')
    .option(
      '--stable <file>',
      "log of the stable side's answers, NDJSON or HAR, instead of pairs; repeatable",
      repeatable,
      [],
    )
    .option('--candidate <file>', "log of the candidate's answers; repeatable", repeatable, [])
    .option('--route <template>', 'route such as /items/{id}, for logs that name none; repeatable', repeatable, [])
    .option('--rules <file>', 'what owners have decided about differences, JSON')
    .option('--no-noise', "learn nothing from the stable side's second answers in the pairs; let nothing off by them")
    .addOption(failOnOption())
    .option('--html <file>', 'write a report there, one self-contained file')
    .option('--json', 'write the summary as JSON to stdout')
    .option('--threads <n>', 'threads that compare', String(availableParallelism()))
    .option('--memory <MiB>', 'of two logs that may be held before temporary files take over', '256')
    .action(async (files: string[], options: Options) => {
      const settings = {
        threads: number('--threads', options.threads, 1, 256),
        routes: templates('--route', options.route),
        noise: options.noise,
        memory: number('--memory', options.memory, 0.01, 65_536) * 1024 * 1024,
      };
      const { givenRules } = await import('../shared/index.ts');
      const { comparedSoFar, deliver, diffInputs, notesOn, outputFile, readingProgress, runDiff, sourcesOf } =
        await import('./diff/index.ts');
      const rules = givenRules(options.rules);
      const at = Date.now();
      const inputs = diffInputs(terminal.stdin, files, options.stable, options.candidate);
      const sources = sourcesOf(inputs).map((input) => input.file);
      const report = outputFile('--html', options.html, sources);
      const progress = readingProgress(terminal.err, sourcesOf(inputs));
      const signal = terminal.interruption();
      try {
        const { summary, noise, notes } = await runDiff(inputs, {
          ...settings,
          rules,
          at,
          signal,
          onProgress: (bytes, readings, so) => progress.update(bytes, readings, () => comparedSoFar(so)),
        });
        progress.done();
        const code = deliver(terminal, summary, {
          title: 'Crossfade diff',
          sources,
          notes: [...notesOn(rules, at), ...notes],
          noise,
          failOn: options.failOn,
          mustAnswer: false,
          json: options.json === true,
          report,
        });
        terminal.exit(code);
      } catch (error) {
        progress.done();
        if (error instanceof UsageError || !signal.aborted) throw error;
        terminal.exit(EXIT.interrupted);
      }
    });
}
