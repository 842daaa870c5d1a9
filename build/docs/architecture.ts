/** The rooms and their walls, within the page on the architecture that people write. */
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, withPart } from './page.ts';
import { MOST_FILES, MOST_LINES, PACKAGES_OF_ALL, ROOMS } from './rooms.ts';

export function architecturePage(): Page {
  return withPart('docs/architecture.md', 'rooms', table());
}

function table(): string {
  const rows = Object.entries(ROOMS).map(([room, { purpose, imports, packages = [], pure, files, table }]) => {
    const may = imports.map(markdownCode).join(', ') || 'nothing of ours';
    const size = files === undefined ? '' : ` (up to ${files.most} files: ${files.why})`;
    const long = table === undefined ? '' : ` (${markdownCode(table)} is one table, as long as it needs)`;
    const uses = packages.map(markdownCode).join(', ');
    return [markdownCode(`${room}/`), `${purpose}${size}${long}`, pure === true ? 'yes' : '', may, uses];
  });
  return [
    `A room has at most ${MOST_FILES} files and its face, and a file at most ${MOST_LINES} lines. \`a/*\` means the rooms below \`a\`. Every room may import ${PACKAGES_OF_ALL.join(', ')}, and one that`,
    'is not pure all of `node:*`; packages beyond these stand in the last column.',
    '',
    markdownTable(['room', 'purpose', 'pure', 'may import', 'packages'], rows),
  ].join('\n');
}
