/**
 * Every page of the documentation that a message, a help text or a comment names must exist, and so must the section
 * that it quotes.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
/** Source folders to search for mentions. */
const ROOMS = ['bin', 'build', 'capture', 'cli', 'console', 'core', 'http', 'input', 'json', 'lambdas', 'lib'];
const MORE = ['markdown', 'mirror', 'parity', 'rehearsal', 'report', 'examples'];
const files = globSync(`{${[...ROOMS, ...MORE].join(',')}}/**/*.{ts,tsx,go,sh}`, { cwd: ROOT });

/** Matches mentions such as `docs/reference/parity.md, "Rules"` or `docs/explanation/fence.md#testers-first`. */
const MENTION = /\bdocs\/[\w/.-]+\.(?:md|json)(?:, \\?"([^"\\]+)\\?"|#([\w-]+))?/g;

function problemsIn(text: string, read: (file: string) => string | null): string[] {
  return [...text.matchAll(MENTION)].flatMap(([mention, heading, anchor]) => {
    const page = read(mention.replace(/[,#].*$/s, ''));
    if (page === null) return [`${mention}: no such page`];
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
    if (heading !== undefined && !headings.includes(heading)) return [`${mention}: no such heading`];
    const anchors = headings.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    return anchor !== undefined && !anchors.includes(anchor) ? [`${mention}: no such heading`] : [];
  });
}

function readPage(file: string): string | null {
  try {
    return readFileSync(join(ROOT, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

describe('a page that the code names', () => {
  it('is there, with the section that is quoted', () => {
    const found = files.map((file) => [file, problemsIn(readFileSync(join(ROOT, file), 'utf8'), readPage)] as const);
    expect(found.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });

  it('is missed where there is none', () => {
    const read = (file: string) => (file === 'docs/a.md' ? '# A\n\n## Roll back by hand\n' : null);
    expect(problemsIn('see docs/b.md.', read)).toEqual(['docs/b.md: no such page']);
    expect(problemsIn('see docs/a.md, "Roll back".', read)).toEqual(['docs/a.md, "Roll back": no such heading']);
    expect(problemsIn('see docs/a.md#roll-back', read)).toEqual(['docs/a.md#roll-back: no such heading']);
    expect(problemsIn('see docs/a.md, "Roll back by hand", and docs/a.md#roll-back-by-hand', read)).toEqual([]);
  });
});
