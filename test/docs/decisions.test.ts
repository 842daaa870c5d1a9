/** A decision that a later one has changed must say so at its head, or readers would follow it. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'adr');
const files = globSync('*.md', { cwd: FOLDER, exclude: ['README.md'] });
const numberOf = (file: string) => Number(basename(file).slice(0, 4));
const textOf = (file: string) => readFileSync(join(FOLDER, file), 'utf8');
const headOf = (file: string) => textOf(file).split('\n', 4).join('\n');

/** Returns the files of the decisions that a text says it supersedes. */
function superseded(text: string): string[] {
  return [...text.matchAll(/\bSupersedes \[[^\]]*\]\(([^)#]+)\)/g)].map(([, file = '']) => file);
}

describe('a decision', () => {
  it('has a number of its own, which its title bears too if it bears one', () => {
    expect(new Set(files.map(numberOf)).size).toBe(files.length);
    const titles = files.map((file) => [file, /^# (?:0*(\d+)[. ])?/.exec(textOf(file))?.[1]] as const);
    expect(titles.filter(([file, named]) => named !== undefined && Number(named) !== numberOf(file))).toEqual([]);
  });

  it('stands once in the index, by its title', () => {
    const index = textOf('README.md');
    const entries = files.map((file) => `- [${/^# (.+)$/m.exec(textOf(file))?.[1]}](${file})`);
    expect(entries.filter((entry) => index.split(entry).length !== 2)).toEqual([]);
  });

  it('that another one supersedes says so at its head, with a link to that one', () => {
    const pairs = files.flatMap((file) => superseded(textOf(file)).map((older) => ({ file, older })));
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.filter(({ file, older }) => !headOf(older).includes(`](${file})`))).toEqual([]);
  });

  it('is amended or superseded by a later one only', () => {
    const later = files.flatMap((file) =>
      [...headOf(file).matchAll(/^Status: .*$/gm)].flatMap(([status]) =>
        [...status.matchAll(/\]\((\d{4})-[^)]+\)/g)].map(([, by]) => ({ file, by: Number(by) })),
      ),
    );
    expect(later.length).toBeGreaterThan(10);
    expect(later.filter(({ file, by }) => by <= numberOf(file))).toEqual([]);
  });
});
