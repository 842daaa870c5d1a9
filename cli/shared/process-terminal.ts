/** The terminal of the real process. */
import type { WriteStream } from 'node:tty';
import { codeOf } from '../../input/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { Interrupted, type Screen, type Terminal } from './terminal.ts';

/** {@link Terminal} over `process`, and what became of it. */
export interface ProcessTerminal extends Terminal {
  /** The code that the command asked for. */
  readonly code: ExitCode;
  /** Resolves once everything is written. @returns the first error of standard output; null when all of it arrived */
  flushed(): Promise<Error | null>;
}

export function processTerminal(): ProcessTerminal {
  let code: ExitCode = EXIT.ok;
  let signal: AbortSignal | undefined;
  let lost: Error | null = null;
  process.stdout.on('error', (error: Error) => {
    // Whoever reads has seen enough (`| head`): that is no loss.
    if (codeOf(error) !== 'EPIPE') lost ??= error;
  });
  // Nobody is left to tell.
  process.stderr.on('error', () => {});
  return {
    out: screen(process.stdout),
    err: screen(process.stderr),
    stdin: process.stdin,
    environment: process.env,
    interruption() {
      signal ??= interruption();
      return signal;
    },
    exit(asked) {
      code = asked;
    },
    get code() {
      return code;
    },
    async flushed() {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
      return lost;
    },
  };
}

/** The second Ctrl-C ends the process, whatever it waits for. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(new Interrupted()));
  return controller.signal;
}

function screen(stream: WriteStream): Screen {
  const terminal = stream.isTTY === true;
  return {
    get columns() {
      // Some terminals do not say their size, and then it is 0.
      return terminal ? stream.columns || 80 : null;
    },
    get rows() {
      return terminal ? stream.rows || 24 : null;
    },
    coloured: terminal && stream.hasColors(),
    write: (text) => void stream.write(text),
  };
}

/** An error of the stream comes to its own listener. */
function drained(stream: WriteStream): Promise<void> {
  return new Promise((done) => void stream.write('', () => done()));
}
