/**
 * Tables of planted faults, one text file for each area: a `file` and its `test`s, the quickest first, then for each
 * fault its name after `#`, the fragment of the source after `-`, and its replacement after `+`. `?` gives the reason
 * why no test can tell the fault from the code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Mutant {
  readonly file: string;
  readonly tests: readonly string[];
  readonly what: string;
  /** Fragment of the source, which must occur in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Why the mutant survives; null if it must be killed. */
  readonly survives: string | null;
}

const TABLES = join(import.meta.dirname, 'mutants');

export function readMutants(): Mutant[] {
  return readdirSync(TABLES).flatMap((name) => parseTable(readFileSync(join(TABLES, name), 'utf8')));
}

/** @throws RangeError for a line that does not belong in a table */
export function parseTable(text: string): Mutant[] {
  return text.split(/^(?=file )/m).flatMap((section) => {
    const [head = '', ...faults] = section.split(/^(?=# )/m);
    const at = linesOf(head);
    return faults.map((fault) => {
      const lines = linesOf(fault);
      const joined = (sign: string) => (lines.get(sign) ?? []).join('\n');
      return {
        file: at.get('file')?.[0] ?? '',
        tests: at.get('test') ?? [],
        what: joined('#'),
        find: joined('-'),
        replace: joined('+'),
        survives: lines.get('?')?.join(' ') ?? null,
      };
    });
  });
}

/** Returns the source with the fault in it. @throws RangeError if its fragment is not found exactly once */
export function plant(source: string, { file, what, find, replace }: Mutant): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new RangeError(`${file}: the fragment of "${what}" stands ${parts.length - 1} times`);
  return parts.join(replace);
}

function linesOf(text: string): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, sign, rest] = /^(file|test|[#?+-])(?: (.*))?$/.exec(line) ?? [];
    if (sign === undefined) throw new RangeError(`a table has no line such as: ${line}`);
    lines.set(sign, [...(lines.get(sign) ?? []), rest ?? '']);
  }
  return lines;
}
