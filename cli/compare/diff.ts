/** `crossfade diff`: the differences between the recorded answers of two sides, with their causes. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import {
  EXIT,
  type ExitCode,
  type FailOn,
  number,
  repeatable,
  type Terminal,
  templates,
  UsageError,
  wholeNumber,
} from '../shared/index.ts';
import type { OutputOptions } from './outcome/index.ts';
import { type ServerOptions, serversOf, withOutputs } from './output-options.ts';

interface Options extends OutputOptions, ServerOptions {
  readonly stable: string[];
  readonly candidate: string[];
  readonly control: string[];
  readonly pairBy: string[];
  readonly route: string[];
  readonly failOn: FailOn;
  readonly rules?: string;
  readonly noise: boolean;
  readonly baseline?: string;
  readonly threads: string;
  readonly memory: string;
}

export function diffCommand(terminal: Terminal): Command {
  const command = new Command('diff')
    .description('compare captures, or two logs of the same requests, and list the differences by route and cause')
    .argument('[files...]', 'captures (NDJSON; plain, gzip or zstd); quote patterns; - reads standard input')
    .option(
      '--stable <file>',
      "log of stable's responses (NDJSON, HAR, mitmproxy or goreplay), instead of captures; repeatable",
      repeatable,
      [],
    )
    .option('--candidate <file>', "log of the candidate's responses; repeatable", repeatable, [])
    .option(
      '--control <file>',
      "second log of stable's responses to the same requests: fields that vary on stable alone are suppressed; repeatable",
      repeatable,
      [],
    )
    .option(
      '--pair-by <header>',
      'request header that identifies a request in both logs; takes precedence over X-Request-Id and traceparent; repeatable',
      repeatable,
      [],
    )
    .option(
      '--route <template>',
      'route template such as /items/{id}, for logs without routes; repeatable',
      repeatable,
      [],
    )
    .option('--rules <file>', 'rules for differences (JSON)')
    .option('--no-noise', 'ignore the control answers in the captures: do not use them to suppress differences')
    .addOption(
      new Option('--threads <n>', 'comparison threads').default(String(availableParallelism()), 'one for each core'),
    )
    .option('--memory <MiB>', 'memory for two logs before temporary files are used', '256');
  return withOutputs(command).action(async (files: string[], options: Options) =>
    terminal.exit(await compareFiles(files, options, terminal)),
  );
}

/** @returns the exit code @throws UsageError that names the option, or the file and the line */
async function compareFiles(files: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const settings = {
    threads: wholeNumber('--threads', options.threads, 1, 256),
    routes: templates('--route', options.route),
    noise: options.noise,
    memory: number('--memory', options.memory, 0.01, 65_536) * 1024 * 1024,
  };
  const { givenRules } = await import('../shared/index.ts');
  const { diffInputs, runDiff, sourcesOf } = await import('./diff/index.ts');
  const { headerNames } = await import('./inputs/index.ts');
  const { comparedSoFar, deliver, idleRoutes, idleRules, notesOn, outputsOf, readBaseline, readingProgress } =
    await import('./outcome/index.ts');
  const baseline = readBaseline(options.baseline);
  const decisions = { rules: givenRules(options.rules), at: Date.now(), baseline, servers: serversOf(options) };
  const inputs = diffInputs(terminal.stdin, files, options.stable, options.candidate, options.control);
  const sources = sourcesOf(inputs).map((input) => input.file);
  const outputs = outputsOf(options, sources);
  const progress = readingProgress(terminal.err, sourcesOf(inputs));
  const signal = terminal.interruption();
  try {
    const { summary, noise, notes } = await runDiff(inputs, {
      ...settings,
      pairBy: headerNames('--pair-by', options.pairBy),
      decisions,
      signal,
      onProgress: (bytes, readings, so) => progress.update(bytes, readings, () => comparedSoFar(so)),
    });
    progress.done();
    return deliver(terminal, summary, {
      title: 'Crossfade diff',
      sources,
      notes: [
        ...notesOn(decisions.rules, decisions.at),
        ...idleRules(decisions.rules, decisions.at, summary),
        ...idleRoutes(settings.routes, summary),
        ...notes,
      ],
      noise,
      failOn: options.failOn,
      sent: null,
      baseline,
      bases: null,
      outputs,
    });
  } catch (error) {
    progress.done();
    if (error instanceof UsageError || !signal.aborted) throw error;
    return EXIT.interrupted;
  }
}
