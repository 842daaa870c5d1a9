/** `crossfade console`: a page on this machine that shows the present state of an ingress. */
import { Command } from 'commander';
import { type DeployedOptions, located, withDeployed } from '../run/index.ts';
import { attempt, codeOf, NOTHING_CHANGED, say, type Terminal, UsageError, wholeNumber } from '../shared/index.ts';

interface Options extends DeployedOptions {
  readonly port: string;
}

export function consoleCommand(terminal: Terminal): Command {
  return withDeployed(new Command('console'))
    .description('serve a page about the ingress to a browser on this machine; Ctrl-C ends it')
    .option('--port <n>', 'port on 127.0.0.1; 0 picks a free one', '0')
    .action(async (options: Options) => {
      const port = wholeNumber('--port', options.port, 0, 65_535);
      const signal = terminal.interruption();
      const served = await attempt(
        () => NOTHING_CHANGED,
        async () => {
          const where = await located(options);
          const [{ startConsole }, { liveSource }] = await Promise.all([
            import('../../console/server/index.ts'),
            import('./live-source.ts'),
          ]);
          return startConsole(await liveSource(options, where), port).catch((error: unknown) => {
            throw codeOf(error) === 'EADDRINUSE' ? new UsageError(`--port: ${port} is already in use`) : error;
          });
        },
      );
      say(terminal.out, served.url);
      say(terminal.err, 'Open this link in a browser on this machine; it opens once. Ctrl-C ends the console.');
      say(terminal.err, `Prometheus: scrape /metrics with the bearer token ${served.scrapeToken}.`);
      await ended(signal);
      await served.stop();
    });
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    if (signal.aborted) end();
    signal.addEventListener('abort', () => end(), { once: true });
  });
}
