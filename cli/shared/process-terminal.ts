/** The terminal of the real process. */
import { fstatSync, writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { asError, codeOf } from '../../input/index.ts';
import { underway } from './attempt.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { Interrupted, type Screen, type Terminal } from './terminal.ts';

/** {@link Terminal} for `process`, and its final state. */
export interface ProcessTerminal extends Terminal {
  /** The exit code that the command requested. */
  readonly code: ExitCode;
  /** Resolves when everything is written. @returns the first error of standard output; null if all of it arrived */
  flushed(): Promise<Error | null>;
}

export function processTerminal(): ProcessTerminal {
  let code: ExitCode = EXIT.ok;
  const interruption = new AbortController();
  /** Whether the command ends by itself when it is interrupted. */
  let asked = false;
  let lost: Error | null = null;
  const lose = (error: Error) => {
    // The reader has seen enough (`| head`), so nothing is lost.
    if (codeOf(error) !== 'EPIPE') lost ??= error;
  };
  process.stdout.on('error', lose);
  // There is no reader left to notify.
  process.stderr.on('error', () => {});
  /** The second signal ends the process, whatever it waits for. */
  const interrupt = () => {
    listen(false);
    if (asked) interruption.abort(new Interrupted());
    else endAtOnce();
  };
  const listen = (on: boolean) => {
    for (const name of SIGNALS) (on ? process.on : process.off).call(process, name, interrupt);
  };
  underway.onChange = (isBusy) => {
    if (!asked) listen(isBusy);
  };
  return {
    out: fstatSync(process.stdout.fd).isFile()
      ? { columns: null, rows: null, coloured: false, write: (text) => writeWhole(process.stdout.fd, text, lose) }
      : screen(process.stdout),
    err: screen(process.stderr),
    stdin: process.stdin,
    environment: process.env,
    interruption() {
      if (!asked) {
        listen(false);
        listen(true);
      }
      asked = true;
      return interruption.signal;
    },
    exit(wanted) {
      code = wanted;
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

/** Ctrl-C, the end of a job, and a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Operations in progress cannot be undone, so the message says what they leave behind. */
function endAtOnce(): never {
  const { left } = underway;
  if (left !== null) process.stderr.write(`\nInterrupted. ${left.state}\nNext: ${left.next}\n`);
  process.exit(EXIT.interrupted);
}

function screen(stream: WriteStream): Screen {
  const terminal = stream.isTTY === true;
  return {
    get columns() {
      // Some terminals do not report their size, which is then 0.
      return terminal ? stream.columns || 80 : null;
    },
    get rows() {
      return terminal ? stream.rows || 24 : null;
    },
    coloured: terminal && stream.hasColors(),
    write: (text) => void stream.write(text),
  };
}

/** Node's own stream takes a short write for a whole one: a full disk would keep half a document, and nobody would know. */
function writeWhole(fd: number, text: string, lose: (error: Error) => void): void {
  try {
    let rest = Buffer.from(text);
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (error) {
    lose(asError(error));
  }
}

/** Errors of the stream are handled by its own listener. */
function drained(stream: WriteStream): Promise<void> {
  return new Promise((done) => void stream.write('', () => done()));
}
