/**
 * A command's view of the process that runs it. Commands do not use `process` otherwise, so that tests can run them
 * in-process.
 */
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import type { ExitCode } from './exit-codes.ts';

/** Standard output or standard error, or memory in a test. */
export interface Screen {
  /** Width in characters; null if it is not a terminal (a pipe, a file, CI). */
  readonly columns: number | null;
  /** Height in lines; null like the width. */
  readonly rows: number | null;
  /** Whether it is a terminal with colours, and NO_COLOR is not set (https://no-color.org). */
  readonly coloured: boolean;
  write(text: string): void;
}

export interface Terminal {
  readonly out: Screen;
  readonly err: Screen;
  readonly stdin: Readable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * The signal that Ctrl-C, SIGTERM and SIGHUP abort. A command that never requests it is ended by them at once, and
   * says what it leaves behind.
   */
  interruption(): AbortSignal;
  /** Sets the exit code for when the command has returned. The last call counts. */
  exit(code: ExitCode): void;
}

/** The reason with which {@link Terminal.interruption} aborts. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** Writes `text` and ends the line. */
export function say(screen: Screen, text: string): void {
  screen.write(`${text}\n`);
}

/** Asks a person. Anything other than yes counts as no, including the end of the input. */
export async function confirmed({ stdin, err }: Terminal, question: string): Promise<boolean> {
  err.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
