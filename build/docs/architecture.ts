/** The rooms and their walls, within the page on the architecture that people write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from './markdown.ts';
import { MOST_FILES, MOST_LINES, PACKAGES_OF_ALL, ROOMS } from './rooms.ts';

const FILE = 'docs/architecture.md';
const BEGIN = '<!-- rooms: written by `npm run docs` -->';
const END = '<!-- end of rooms -->';

/** @throws RangeError when the page has lost its marks */
export function architecturePage(): Page {
  const page = readFileSync(join(import.meta.dirname, '..', '..', FILE), 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError(`${FILE} has no section between "${BEGIN}" and "${END}"`);
  return { file: FILE, text: `${page.slice(0, begin + BEGIN.length)}\n${table()}\n${page.slice(end)}` };
}

function table(): string {
  const rows = Object.entries(ROOMS).map(([room, { purpose, imports, packages = [], pure, files, table }]) => {
    const may = imports.map((other) => `\`${other}\``).join(', ') || 'nothing of ours';
    const size = files === undefined ? '' : ` (up to ${files.most} files: ${files.why})`;
    const long = table === undefined ? '' : ` (\`${table}\` is one table, as long as it needs)`;
    const uses = packages.map((name) => `\`${name}\``).join(', ');
    return `| \`${room}/\` | ${purpose}${size}${long} | ${pure === true ? 'yes' : ''} | ${may} | ${uses} |`;
  });
  return [
    `A room has at most ${MOST_FILES} files and its face, and a file at most ${MOST_LINES} lines. \`a/*\` means the rooms below \`a\`. Every room may import ${PACKAGES_OF_ALL.join(', ')}, and one that`,
    'is not pure all of `node:*`; packages beyond these stand in the last column.',
    '',
    '| room | purpose | pure | may import | packages |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
