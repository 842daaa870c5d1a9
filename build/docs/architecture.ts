/** The rooms and their walls, within the page on the architecture that people write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, withPart } from './page.ts';
import { MOST_FILES, MOST_LINES, PACKAGES_OF_ALL, ROOMS, ROOMS_OF_ALL } from './rooms/index.ts';

export function architecturePage(): Page {
  return withPart('docs/architecture.md', 'rooms', table());
}

function table(): string {
  const rows = Object.entries(ROOMS).map(
    ([room, { purpose = purposeOf(room), imports, packages = [], pure, files }]) => {
      const may = imports.map(markdownCode).join(', ') || 'nothing of ours';
      const size = files === undefined ? '' : ` (up to ${files.most} files: ${files.why})`;
      const uses = packages.map(markdownCode).join(', ');
      return [markdownCode(`${room}/`), `${purpose}${size}`, pure === true ? 'yes' : '', may, uses];
    },
  );
  return [
    `A room has at most ${MOST_FILES} files and its face, and a file at most ${MOST_LINES} lines. \`a/*\` means the rooms below \`a\`. Every room may import ${[...ROOMS_OF_ALL.map((room) => markdownCode(`${room}/`)), ...PACKAGES_OF_ALL].join(' and ')}, and one that`,
    'is not pure all of `node:*`; packages beyond these stand in the last column.',
    '',
    markdownTable(['room', 'purpose', 'pure', 'may import', 'packages'], rows),
  ].join('\n');
}

/** What the face of a room says at its head. */
function purposeOf(room: string): string {
  const face = readFileSync(join(import.meta.dirname, '..', '..', room, 'index.ts'), 'utf8');
  const head = /^\/\*\*[\s*]*([\s\S]*?)\s*\*\//.exec(face)?.[1] ?? '';
  return head.replaceAll(/\s*\n\s*\*\s?/g, ' ');
}
