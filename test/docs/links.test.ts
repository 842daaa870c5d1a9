import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const files = globSync(['*.md', 'docs/**/*.md', 'bench/**/*.md'], { cwd: ROOT });

/** Returns the text of a page without code, since code contains no links. */
function prose(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
    .replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '));
}

/** Returns the anchors that GitHub gives to the headings of a page. */
function anchors(file: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/^#+ (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let name = anchor;
    for (let i = 1; found.has(name); i++) name = `${anchor}-${i}`;
    found.add(name);
  }
  return found;
}

/** Returns the link's problem; null if it leads somewhere. */
function problemOf(from: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : relative(ROOT, join(ROOT, dirname(from), decodeURI(path)));
  if (!existsSync(join(ROOT, file))) return `${target}: no such file`;
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory() || !file.endsWith('.md')) return null;
  return anchors(file).has(anchor) ? null : `${target}: no such heading`;
}

describe('the index of the documentation', () => {
  it('has every page, by its title', () => {
    const index = readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8');
    const pages = files.filter((file) => /^docs\/(?:tutorial|how-to|reference|explanation)\//.test(file));
    expect(pages.length).toBeGreaterThan(30);
    const entries = pages.map((file) => {
      const title = /^# (.+)$/m.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1] ?? '';
      return `- [${title}](${relative('docs', file)})`;
    });
    expect(entries.filter((entry) => !index.includes(entry))).toEqual([]);
  });
});

describe('a link in the documentation', () => {
  it.each(files)('%s leads somewhere', (file) => {
    const links = [...prose(file).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|(?:src|href)="([^"]+)"/g)]
      .map(([, markdown, html]) => markdown ?? html ?? '')
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(links.map((target) => problemOf(file, target)).filter((problem) => problem !== null)).toEqual([]);
  });

  it('is not taken for one that leads somewhere when it does not', () => {
    expect(problemOf('README.md', 'docs/none.md')).toBe('docs/none.md: no such file');
    expect(problemOf('README.md', 'README.md#none')).toBe('README.md#none: no such heading');
    expect(problemOf('README.md', 'README.md#crossfade')).toBeNull();
  });
});
