/** The causes: severity, how each is recognised, and what to change. */

import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { CATALOGUE, type Cause, hintsOf, isCause } from '../../parity/causes/index.ts';
import { CAUSE_NOTES } from './cause-notes.ts';
import { type Page, page } from './page.ts';

export interface DocumentedCause {
  readonly cause: Cause;
  readonly row: string;
  readonly told: string;
}

/** Every row of the page, by section. */
export function causeSections(): ReadonlyMap<string, readonly DocumentedCause[]> {
  return new Map(
    Object.entries(CAUSE_NOTES).map(([section, notes]) => [
      section,
      Object.entries(notes).flatMap(([cause, [row, told]]) => (isCause(cause) ? [{ cause, row, told }] : [])),
    ]),
  );
}

export function causesPage(): Page {
  return page(
    'docs/reference/causes.md',
    'Causes of a difference',
    'Every difference between two answers has one cause and one severity: `breaking` (a client may fail), `undecided` (an owner decides, by a rule), `benign` (no client should notice) or `noise` (says nothing about the candidate). [parity.md](parity.md) describes the comparison. In the last column, what names a server is told only where that server is there: by `--stable-is` and `--candidate-is`, else by `X-Powered-By` and `Server`; of a side that names none, what holds for Express and for net/http.',
    'The column *row* names the row of the list of known Node → Go differences with which the corpus began; *new* was found by running Express 4 and 5, Fastify, net/http, encoding/json v1 and v2 and chi side by side. `test/parity/corpus.slow.test.ts` drives them over HTTP and asserts cause and severity of each row.',
    ...[...causeSections()].map(([section, rows]) =>
      [
        `## ${section}`,
        markdownTable(
          ['cause', 'severity', 'row', 'recognised by', 'what to change, or know'],
          rows.map(({ cause, row, told }) => [
            markdownCode(cause),
            CATALOGUE[cause].severity,
            row,
            told,
            [CATALOGUE[cause].advice, ...hintsOf(cause)].join(' '),
          ]),
        ),
      ].join('\n\n'),
    ),
  );
}
