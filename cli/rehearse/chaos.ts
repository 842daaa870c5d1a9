/**
 * `crossfade chaos`: injects every fault into every AWS call of a cutover. Each time traffic must end up safe, and
 * somebody must be notified.
 */
import { Command } from 'commander';
import { EXIT, number, plain, plainJson, say, type Terminal, wholeNumber } from '../shared/index.ts';

interface Options {
  readonly sample: string;
  readonly seed: string;
  readonly speed: string;
  readonly concurrency: string;
  readonly json?: boolean;
}

export function chaosCommand(terminal: Terminal): Command {
  return new Command('chaos')
    .description(
      'inject faults into the AWS calls of a cutover on the local cloud; runs a sample by default; raise --sample to run every case',
    )
    .option('--sample <n>', 'cases to run; a number above the total runs all of them', '40')
    .option('--seed <n>', 'seed that picks the sample', '1')
    .option('--speed <n>', 'simulated seconds per real second', '240')
    .option('--concurrency <n>', 'cases to run at a time', '2')
    .option('--json', 'print the results as JSON to stdout, progress to stderr')
    .action(async (options: Options) => {
      const request = {
        sample: wholeNumber('--sample', options.sample, 1, 100_000),
        seed: wholeNumber('--seed', options.seed, 0, 2 ** 31),
        speed: number('--speed', options.speed, 1, 600),
        concurrency: wholeNumber('--concurrency', options.concurrency, 1, 16),
      };
      const { sweep } = await import('../../rehearsal/chaos/index.ts');
      const { synthesise } = await import('../../rehearsal/scenario/index.ts');
      const out = options.json === true ? terminal.err : terminal.out;
      const signal = terminal.interruption();
      try {
        const synthesis = await synthesise({ signal });
        try {
          const { cases, results } = await sweep({
            ...request,
            assembly: synthesis.assembly,
            signal,
            onCase: (done, of, { text, redAlarm }, r) =>
              say(
                out,
                `${String(done).padStart(5)}/${of}  ${verdict(r).padEnd(12)} ${r.outcome.padEnd(12)} ${text}${redAlarm ? ' (alarm red)' : ''}`,
              ),
          });
          const failed = [...results].filter(([, r]) => verdict(r) !== 'safe');
          say(out, `\n${counted(cases, [...results.values()], request.seed, failed.length)}`);
          for (const [{ text }, r] of failed)
            say(out, plain(`  ${text}: ${verdict(r)}, ${r.outcome} after ${r.minutes.toFixed(0)} min, ${r.cause}`));
          if (options.json === true)
            say(terminal.out, plainJson([...results].map(([c, { calls: _, ...r }]) => ({ ...c, ...r }))));
          terminal.exit(failed.length === 0 ? EXIT.ok : EXIT.failed);
        } finally {
          await synthesis.dispose();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
        terminal.exit(EXIT.interrupted);
      }
    });
}

function counted(
  cases: number,
  results: readonly { readonly outcome: string }[],
  seed: number,
  failed: number,
): string {
  const counts = Object.entries(Object.groupBy(results, (r) => r.outcome)).map(
    ([outcome, list]) => `${list?.length} ${outcome}`,
  );
  return `${results.length} of ${cases} cases (seed ${seed}): ${counts.join(', ')}; ${failed} unsafe or unreported.`;
}

function verdict({ outcome, safe, reported }: { outcome: string; safe: boolean; reported: boolean }): string {
  if (outcome === 'stuck') return 'STUCK';
  if (!safe) return 'UNSAFE';
  return reported ? 'safe' : 'UNREPORTED';
}
