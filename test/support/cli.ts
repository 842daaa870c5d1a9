/** Runs commands of the operator's CLI in this process or, where the process itself matters, in a separate one. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../cli/main.ts';
import type { Screen, Terminal } from '../../cli/shared/terminal.ts';

export const CLI = join(import.meta.dirname, '..', '..', 'bin', 'crossfade.ts');

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

export interface RunOptions {
  readonly environment?: Environment;
  readonly stdin?: string | Readable;
  /** Interrupts the command as Ctrl-C does. */
  readonly interruption?: AbortSignal;
  /** Called with everything that is written, as it is written. */
  readonly onWrite?: (text: string) => void;
}

/** A terminal in memory. */
export class MemoryTerminal implements Terminal {
  readonly written = { out: '', err: '' };
  readonly out: Screen;
  readonly err: Screen;
  readonly stdin: Readable;
  readonly environment: Terminal['environment'];
  readonly #interruption: AbortSignal;
  #code = 0;

  constructor(options: RunOptions = {}) {
    const { environment = {}, stdin = '', interruption = new AbortController().signal, onWrite = () => {} } = options;
    const screen = (name: 'out' | 'err'): Screen => ({
      columns: null,
      rows: null,
      coloured: false,
      write: (text) => {
        this.written[name] += text;
        onWrite(text);
      },
    });
    this.out = screen('out');
    this.err = screen('err');
    this.stdin = typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : stdin;
    this.environment = { ...process.env, ...environment };
    this.#interruption = interruption;
  }

  get code(): number {
    return this.#code;
  }

  interruption(): AbortSignal {
    return this.#interruption;
  }

  exit(code: number): void {
    this.#code = code;
  }
}

/** Runs a command in this process, as the CLI's entry point does. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<CliResult> {
  const terminal = new MemoryTerminal(options);
  const leave = enter(options.environment ?? {});
  try {
    const { code } = await run(args, terminal);
    return { code: code ?? terminal.code, stdout: terminal.written.out, stderr: terminal.written.err };
  } finally {
    leave();
  }
}

/** Runs `work` while these variables are set in the process's environment. */
export async function withEnvironment<T>(environment: Environment, work: () => Promise<T>): Promise<T> {
  const leave = enter(environment);
  try {
    return await work();
  } finally {
    leave();
  }
}

/** Short form of {@link runCommand} for most tests. */
export function crossfade(args: readonly string[], environment: Environment = {}, stdin = ''): Promise<CliResult> {
  return runCommand(args, { environment, stdin });
}

/** Runs the CLI as a separate process, for tests of signals, pipes and whatever else only a whole process shows. */
export function spawnCrossfade(args: readonly string[], environment: Environment = {}): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env: { ...process.env, ...environment } }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const before = new Map<string, { readonly value: string | undefined; users: number }>();

/**
 * Sets variables of the process, because the AWS SDK and `os.tmpdir` read those. Overlapping runs may share a value.
 * @returns a function that restores them
 */
function enter(environment: Environment): () => void {
  for (const [name, value] of Object.entries(environment)) {
    const known = before.get(name) ?? { value: process.env[name], users: 0 };
    known.users++;
    before.set(name, known);
    process.env[name] = value;
  }
  return () => {
    for (const name of Object.keys(environment)) {
      const known = before.get(name);
      if (known === undefined || --known.users > 0) continue;
      before.delete(name);
      if (known.value === undefined) delete process.env[name];
      else process.env[name] = known.value;
    }
  };
}
