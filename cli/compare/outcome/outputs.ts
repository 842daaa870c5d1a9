/** The files that a comparison writes in addition to its printed output. */
import { writeFileSync } from 'node:fs';
import { CommandError, EXIT, outputFile, UsageError, unusableFile } from '../../shared/index.ts';

/** As given in options. */
export interface OutputOptions {
  readonly html?: string;
  readonly junit?: string;
  readonly sarif?: string;
  readonly writeBaseline?: string;
  readonly github?: boolean;
  readonly json?: boolean;
}

export type OutputKind = 'html' | 'junit' | 'sarif' | 'writeBaseline';
const OPTIONS = {
  html: '--html',
  junit: '--junit',
  sarif: '--sarif',
  writeBaseline: '--write-baseline',
} as const satisfies Record<OutputKind, string>;

/** Output files, whose writability is checked before anything is compared. */
export class Outputs {
  readonly json: boolean;
  readonly github: boolean;
  readonly #files: ReadonlyMap<string, string>;

  constructor(files: ReadonlyMap<OutputKind, string>, { json = false, github = false }: OutputOptions) {
    this.json = json;
    this.github = github;
    this.#files = files;
  }

  /** Writes the result of `make` if the file was requested. */
  write(kind: OutputKind, make: () => string): void {
    const file = this.#files.get(kind);
    if (file === undefined) return;
    try {
      writeFileSync(file, make());
    } catch (error) {
      throw new CommandError(
        EXIT.unable,
        unusableFile(OPTIONS[kind], file, error).message,
        { state: 'The comparison came to its end; this file is not whole.', next: 'name another file, or make room.' },
        error,
      );
    }
  }
}

/** @param taken files that are read or written otherwise @throws UsageError that names the option */
export function outputsOf(options: OutputOptions, taken: readonly string[]): Outputs {
  const files = new Map<OutputKind, string>();
  for (const kind of ['html', 'junit', 'sarif', 'writeBaseline'] as const) {
    const file = options[kind];
    if (file === undefined) continue;
    outputFile(OPTIONS[kind], file, taken);
    const twin = [...files].find(([, other]) => other === file);
    if (twin !== undefined) throw new UsageError(`${OPTIONS[twin[0]]} and ${OPTIONS[kind]} must be different files`);
    files.set(kind, file);
  }
  return new Outputs(files, options);
}
